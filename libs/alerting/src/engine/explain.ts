import { holds } from '../rules/condition.js';
import { durationText } from '../rules/duration.js';
import type { Level, Severity } from '../rules/rule.js';
import { conditionText } from '../generators/condition-text.js';
import type { AlertInstance } from './alert-instance.js';
import { conditionOf, type AlertCondition } from './alert-state.js';
import type { Side } from './side.js';

/** Why an alert is as it is. Times are ms since 1970 UTC. */
export interface Explanation {
  readonly fingerprint: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly condition: AlertCondition;
  /** Absent while it does not fire. */
  readonly severity: Severity | undefined;
  /** The value of the newest verdict. */
  readonly value: number | undefined;
  /** When the newest verdict was possible; 0: never. */
  readonly verdictMs: number;
  /** Since when a level has held; 0: none does. */
  readonly activeMs: number;
  readonly signal: string;
  readonly windows: readonly WindowExplanation[];
  readonly levels: readonly LevelExplanation[];
  /** What would have to be for it to fire, or to end, one sentence each. */
  readonly missing: readonly string[];
  readonly rule: { readonly version: string; readonly file: string; readonly line: number };
}

export interface WindowExplanation {
  readonly metric: string;
  /** Series that are summed. */
  readonly series: number;
  readonly samples: number;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
}

export interface LevelExplanation {
  readonly severity: Severity;
  readonly fire: string;
  readonly clear: string | undefined;
  readonly holds: boolean;
  /** Since when it holds without a break; 0: it does not. */
  readonly sinceMs: number;
}

/** `nowMs`: as of when. */
export function explain(instance: AlertInstance, nowMs: number): Explanation {
  const { rule, state, fingerprint, labels, main, per } = instance;
  return {
    fingerprint,
    name: rule.name,
    labels,
    condition: conditionOf(state),
    severity: rule.levels[state.level]?.severity,
    value: state.value,
    verdictMs: state.verdictMs,
    activeMs: state.phase === 'inactive' ? 0 : state.activeMs,
    signal: conditionText(rule),
    windows: [windowOf(main), ...(per ? [windowOf(per)] : [])],
    levels: rule.levels.map((level, at) => ({
      severity: level.severity,
      fire: level.fire.text,
      clear: level.clear?.text,
      holds: state.since[at]! > 0,
      sinceMs: state.since[at]!,
    })),
    missing: missingFor(instance, nowMs),
    rule: { version: rule.version, file: rule.file, line: rule.line },
  };
}

function windowOf(side: Side): WindowExplanation {
  const { ring, histogram, signal, inputs } = side;
  const about = { metric: signal.metric, series: inputs.length };
  if (ring) {
    const samples = ring.to - ring.from;
    return {
      ...about,
      samples,
      firstMs: samples > 0 ? ring.times[ring.from] : undefined,
      lastMs: ring.lastMs || undefined,
    };
  }
  const samples = histogram!.samplesIn(side.lastMs);
  return { ...about, samples, firstMs: histogram!.firstMs || undefined, lastMs: side.lastMs || undefined };
}

function missingFor({ rule, state }: AlertInstance, nowMs: number): string[] {
  const sentences: string[] = [];
  if (state.isSilent) {
    sentences.push(
      `There was no verdict for ${durationText(rule.noData.afterMs)}: data must come, at least ${rule.minSamples} samples in the window.`,
    );
  } else if (state.value === undefined) {
    sentences.push(
      `There is no value yet: at least ${rule.minSamples} samples must be in the window${rule.signal.minVolume > 0 ? `, and a volume of ${rule.signal.minVolume}` : ''}.`,
    );
  }
  if (state.isCrowdedOut)
    sentences.push(
      `More than ${rule.maxInstances} alerts of the rule are there: this one is told with the others as overflow.`,
    );
  if (state.isExplained) sentences.push(`It waits while ${rule.dependsOn.join(' or ')} fires for the same thing.`);
  if (state.isFlapping)
    sentences.push(
      `It must change at most ${rule.flap?.low} times within ${durationText(rule.flap?.overMs ?? 0)} to be told again.`,
    );
  if (state.phase === 'firing')
    sentences.push(...rule.levels.flatMap((level, at) => (at === state.level ? [toEnd(level)] : [])));
  if (state.phase === 'keepFiring') {
    const leftMs = Math.max(0, rule.keepFiringForMs - (nowMs - Math.max(state.falseMs, state.falseSeenMs)));
    sentences.push(`No level holds any more; it fires on for about ${Math.ceil(leftMs / 1000)} s.`);
  }
  if (state.phase === 'pending') {
    for (const [at, level] of rule.levels.entries()) {
      const sinceMs = state.since[at]!;
      if (sinceMs === 0) continue;
      const leftMs = Math.max(0, rule.forMs - (state.verdictMs - sinceMs));
      sentences.push(
        `${level.severity}: ${level.fire.text} must hold for ${Math.ceil(leftMs / 1000)} s more of measurements.`,
      );
    }
  }
  if (state.phase === 'inactive' && state.value !== undefined) {
    for (const { severity, fire } of rule.levels) {
      if (!holds(fire, state.value))
        sentences.push(`${severity}: the value is ${state.value}, it would have to be ${fire.text}.`);
    }
  }
  return sentences;
}

function toEnd({ severity, fire, clear }: Level): string {
  return clear
    ? `${severity} ends when the value is ${clear.text}.`
    : `${severity} ends when the value is no longer ${fire.text}.`;
}
