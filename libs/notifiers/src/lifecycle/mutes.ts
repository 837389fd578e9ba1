import type { LabelledAlert } from './alert.js';
import { inhibitorOf, type InhibitRule } from './inhibition.js';
import type { MaintenanceWindow } from './maintenance.js';
import { matchesAll } from './matcher.js';
import { silenceState, type ReadSilence } from './silence.js';

/** Why an alert is not told now. */
export interface Mute {
  readonly by: 'silence' | 'maintenance' | 'inhibition';
  /** The silence's id, the window's name, the other alert's fingerprint. */
  readonly name: string;
}

export interface MuteRules {
  readonly silences: readonly ReadSilence[];
  readonly maintenance: readonly MaintenanceWindow[];
  readonly inhibit: readonly InhibitRule[];
}

export type Muted = (alert: LabelledAlert) => Mute | undefined;

/** What mutes alerts at a moment, given those that fire then. */
export function mutesAt(rules: MuteRules, firing: Iterable<LabelledAlert>, atMs: number): Muted {
  const silences = rules.silences.filter((silence) => silenceState(silence, atMs) === 'active');
  const windows = rules.maintenance.filter(({ isOpen }) => isOpen(atMs));
  const inhibitor = inhibitorOf(rules.inhibit, firing);
  return (alert) => {
    const { labels } = alert;
    const silence = silences.find(({ conditions }) => matchesAll(conditions, labels));
    if (silence) return { by: 'silence', name: silence.id };
    const window = windows.find(({ matchers }) => matchesAll(matchers, labels));
    if (window) return { by: 'maintenance', name: window.name };
    const source = inhibitor(alert);
    return source === undefined ? undefined : { by: 'inhibition', name: source };
  };
}
