import { LabelSets, measure } from '@omninode/collector-kit';
import type { AnyFamily, Pass } from '@omninode/collector-kit';
import type { DatabaseQuery } from '../server/database-query.js';

/** Replies of a real server to one family, pass by pass, as `record-replies.mjs` wrote them down. */
export interface Recording {
  readonly recordedFrom: string;
  readonly family: string;
  readonly passes: readonly RecordedPass[];
}

export interface RecordedPass {
  readonly reply: unknown;
  readonly followUp?: unknown;
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
export function replay(family: AnyFamily<DatabaseQuery>, { passes }: Pick<Recording, 'passes'>): ReplayedPass[] {
  const labelSets = new LabelSets(family);
  let memory: unknown;
  return passes.map(({ reply, followUp }, at) => {
    const pass = { ...passAt(at), memory, followUp };
    const { values, events, report, failures, memory: next } = measure(family, reply, pass, labelSets);
    memory = next ?? memory;
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
    atMs: firstPassAtMs + index * 60_000,
    answerMs: 2,
    connectMs: 15,
    takenAtMs: firstPassAtMs,
    memory: undefined,
    followUp: undefined,
    followUpMs: 5,
    followUpFailed: false,
  };
}
