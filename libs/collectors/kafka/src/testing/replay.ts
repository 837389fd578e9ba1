import { LabelSets, measure } from '@omninode/collector-kit';
import type { AnyFamily, Pass } from '@omninode/collector-kit';
import type { KafkaQuery } from '../sweep/sweep-parts.js';

/** Replies of real brokers to one family, pass by pass, as `record-replies.mjs` wrote them down. */
export interface Recording {
  readonly recordedFrom: string;
  readonly family: string;
  readonly passes: readonly RecordedPass[];
}

export interface RecordedPass {
  /** When the reply came, ms since 1970 UTC: brokers tell points in time. */
  readonly atMs: number;
  readonly reply: unknown;
}

/** What a pass came to, in a form that people can review. */
export interface ReplayedPass {
  readonly values: Readonly<Record<string, number>>;
  /** Starts of totals, ms before the pass. */
  readonly startedBeforeMs: Readonly<Record<string, number>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly report?: { readonly status: string; readonly reason: string };
  readonly failures: readonly string[];
}

/** Puts recorded replies through a family, each pass with the memory that the one before left, as it comes back from JSON. */
export function replay(family: AnyFamily<KafkaQuery>, { passes }: Pick<Recording, 'passes'>): ReplayedPass[] {
  const labelSets = new LabelSets(family);
  let memory: unknown;
  return passes.map(({ atMs, reply }) => {
    const { values, events, report, failures, memory: next } = measure(family, reply, passAt(atMs, memory), labelSets);
    if (next !== undefined) memory = family.parseMemory?.(JSON.parse(JSON.stringify(next))) as unknown;
    const named = values.map(({ name, metric, labelValues, value, startMs }) => {
      const labels = metric.labels.map((label, index) => `${label}="${labelValues[index]}"`).join(',');
      return { series: labels ? `${name}{${labels}}` : name, value, startMs };
    });
    return {
      values: Object.fromEntries(named.map(({ series, value }) => [series, value])),
      startedBeforeMs: Object.fromEntries(
        named.flatMap(({ series, startMs }) => (startMs === null ? [] : [[series, atMs - startMs]])),
      ),
      events,
      ...(report && { report }),
      failures: failures.map(({ message }) => message),
    };
  });
}

export function passAt(atMs: number, memory: unknown): Pass {
  return {
    atMs,
    answerMs: 2,
    connectMs: 15,
    takenAtMs: atMs,
    memory,
    followUp: undefined,
    followUpMs: 0,
    followUpFailed: false,
  };
}
