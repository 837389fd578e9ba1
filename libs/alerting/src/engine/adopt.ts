import type { AlertRecord } from '@omninode/contracts';
import { severities, type Rule } from '../rules/rule.js';
import type { AlertState } from './alert-state.js';

/**
 * Takes over what the alert topic says of an alert, where it says more than the snapshot did. `records`: its transitions that the
 * snapshot does not know, the newest last.
 */
export function adopt(rule: Rule, state: AlertState, records: readonly AlertRecord[]): void {
  const newest = records.at(-1)!;
  const level = levelOf(rule, newest.severity);
  state.told = newest.state;
  state.toldMs = newest.time;
  state.isToldReplayed = newest.replayed === true;
  state.decidedOffset = newest.offset ?? -1;
  state.isFlapping = newest.flapping === true;
  state.value = newest.value;
  state.verdictMs = Math.max(state.verdictMs, newest.time);
  for (const record of records) if (record.state !== 'pending' && !record.neverFired) state.changes.push(record.time);
  state.falseMs = state.falseSeenMs = 0;
  state.isCrowdedOut = false;
  if (newest.state === 'resolved') {
    state.phase = 'inactive';
    state.level = -1;
    state.since.fill(0);
    return;
  }
  state.phase = newest.state;
  state.level = newest.state === 'firing' ? level : -1;
  state.activeMs = newest.startsAt;
  state.lastTrueMs = newest.time;
  for (const [at, { severity }] of rule.levels.entries()) {
    state.since[at] = newest.heldSince ? (newest.heldSince[severity] ?? 0) : at <= level ? newest.startsAt : 0;
  }
}

/** The level of a severity; where the rule has none, the next lower one. */
function levelOf({ levels }: Rule, severity: AlertRecord['severity']): number {
  const rank = severities.indexOf(severity);
  const at = levels.findLastIndex((level) => severities.indexOf(level.severity) <= rank);
  return Math.max(0, at);
}
