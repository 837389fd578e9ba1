import { LabelSets, measure } from '@omninode/collector-kit';
import type { AnyFamily, Pass } from '@omninode/collector-kit';
import type { CacheQuery, CacheReply } from '../cache-reply.js';

/** Replies of a real source, pass by pass, as `record-replies.mjs` wrote them down. All families read the same. */
export interface Recording {
  readonly recordedFrom: string;
  readonly passes: readonly CacheReply[];
}

/** What a pass came to, in a form that people can review. */
export interface ReplayedPass {
  readonly values: Readonly<Record<string, number>>;
  readonly starts: Readonly<Record<string, number>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly report?: { readonly status: string; readonly reason: string };
  readonly failures: readonly string[];
}

const firstPassAtMs = Date.UTC(2026, 0, 1);

/** Puts recorded replies through a family, at fixed times, each pass with the memory that the one before left. */
export function replay(family: AnyFamily<CacheQuery>, { passes }: Pick<Recording, 'passes'>): ReplayedPass[] {
  const labelSets = new LabelSets(family);
  let memory: unknown;
  return passes.map((reply, at) => {
    const {
      values,
      events,
      report,
      failures,
      memory: next,
    } = measure(family, reply, { ...passAt(at), memory }, labelSets);
    // What another owner would read: nothing that JSON does not hold.
    memory = next === undefined ? memory : family.parseMemory?.(JSON.parse(JSON.stringify(next)));
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

/** The circumstances of the n-th pass of a recording. */
export function passAt(index: number): Pass {
  return {
    atMs: firstPassAtMs + index * 10_000,
    answerMs: 2,
    connectMs: 15,
    takenAtMs: firstPassAtMs,
    memory: undefined,
    followUp: undefined,
    followUpMs: 0,
    followUpFailed: false,
  };
}
