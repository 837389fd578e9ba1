import type { AnyFamily, Pass } from '../family/define-family.js';
import { LabelSets } from '../family/label-sets.js';
import { measure } from '../family/measure.js';

/** One reply of a recording, and when it came. What is not said of the pass is as in a quick one of the first owner. */
export type PassToReplay = Partial<Pass> & Pick<Pass, 'atMs'> & { readonly reply: unknown };

/** What a pass came to, in a form that people can review. */
export interface ReplayedPass {
  readonly values: Readonly<Record<string, number>>;
  /** Of totals, ms since 1970 UTC. */
  readonly starts: Readonly<Record<string, number>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly report?: { readonly status: string; readonly reason: string };
  readonly failures: readonly string[];
}

/** Puts recorded replies through a family, each pass with the memory that the one before left, as it comes back from JSON. */
export function replayFamily(family: AnyFamily, passes: readonly PassToReplay[]): ReplayedPass[] {
  const labelSets = new LabelSets(family);
  let memory: unknown;
  return passes.map(({ reply, ...circumstances }) => {
    const pass = quickPass({ memory, ...circumstances });
    const { values, events, report, failures, memory: next } = measure(family, reply, pass, labelSets);
    if (next !== undefined) memory = family.parseMemory?.(JSON.parse(JSON.stringify(next))) as unknown;
    const named = values.map(({ name, metric, labelValues, value, startMs }) => {
      const labels = metric.labels.map((label, index) => `${label}="${labelValues[index]}"`).join(',');
      return { series: labels ? `${name}{${labels}}` : name, value, startMs };
    });
    return {
      values: Object.fromEntries(named.map(({ series, value }) => [series, value])),
      starts: Object.fromEntries(named.flatMap(({ series, startMs }) => (startMs === null ? [] : [[series, startMs]]))),
      events,
      ...(report && { report }),
      failures: failures.map(({ message }) => message),
    };
  });
}

/** A pass like most: quick, of the first owner, without a follow-up. */
export function quickPass(circumstances: Partial<Pass> & Pick<Pass, 'atMs'>): Pass {
  const { atMs: takenAtMs } = circumstances;
  const usual = {
    answerMs: 2,
    connectMs: 15,
    memory: undefined,
    followUp: undefined,
    followUpMs: 0,
    followUpFailed: false,
  };
  return { takenAtMs, ...usual, ...circumstances };
}
