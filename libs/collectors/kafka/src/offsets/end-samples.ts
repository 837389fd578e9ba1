import { z } from 'zod';
import { own } from './own.js';

/**
 * When the ends of logs were where: samples of all partitions at common times. From it follows how long a group is behind in
 * time, without reading a record. It is part of a family's memory, so it holds what JSON holds, small: each partition by its
 * first end and the steps from sample to sample.
 */
export const endSamplesSchema = z.object({
  /** Ascending, ms since 1970 UTC. */
  times: z.array(z.number()),
  topics: z.record(
    z.string(),
    z.object({
      id: z.string().optional(),
      partitions: z.record(
        z.string(),
        z.object({
          /** Index in `times` of its first sample. */
          from: z.number(),
          first: z.number(),
          steps: z.array(z.number()),
          last: z.number(),
        }),
      ),
    }),
  ),
});
export type EndSamples = z.infer<typeof endSamplesSchema>;
type Row = EndSamples['topics'][string]['partitions'][string];

export const noSamples: EndSamples = { times: [], topics: {} };

/** Partitions that are to be sampled; ends that were not read are `null`. */
export interface EndsToSample {
  readonly id: string | undefined;
  readonly ends: ReadonlyMap<number, number | null>;
}

/** Adds a sample, and forgets what is no longer asked for. */
export function addSample(before: EndSamples, atMs: number, topics: ReadonlyMap<string, EndsToSample>): EndSamples {
  // A clock that was set back would make times of samples lie in the future: they are of no use.
  const base = (before.times.at(-1) ?? 0) < atMs ? before : noSamples;
  const at = base.times.length;
  const sampled = [...topics].map(([topic, { id, ends }]) => {
    const known = own(base.topics, topic);
    const isSame = known !== undefined && known.id === id;
    const partitions = [...ends].flatMap(([partition, end]) => {
      const row = nextRow(isSame ? known.partitions[partition] : undefined, end, at);
      return row ? [[String(partition), row] as const] : [];
    });
    return [topic, { ...(id !== undefined && { id }), partitions: Object.fromEntries(partitions) }] as const;
  });
  return thinned({ times: [...base.times, atMs], topics: Object.fromEntries(sampled) }, atMs);
}

/** Since when the end is beyond an offset. `isAtLeast`: since before the first sample. `undefined`: it isn't, or nobody knows. */
export function beyondSince(
  { times, topics }: EndSamples,
  topic: string,
  partition: number,
  offset: number,
): { readonly sinceMs: number; readonly isAtLeast: boolean } | undefined {
  const row = own(topics, topic)?.partitions[partition];
  if (!row) return undefined;
  if (row.first > offset) {
    const hasHistory = row.steps.length > 0; // a single sample says nothing of time
    return hasHistory ? { sinceMs: times[row.from] as number, isAtLeast: true } : undefined;
  }
  let end = row.first;
  for (const [index, step] of row.steps.entries()) {
    if (end + step > offset) {
      const [earlier, later] = [times[row.from + index] as number, times[row.from + index + 1] as number];
      return { sinceMs: earlier + ((offset - end) / step) * (later - earlier), isAtLeast: false };
    }
    end += step;
  }
  return undefined;
}

/** An end that was not read is taken as unmoved: what it moved meanwhile counts to the next sample. */
function nextRow(row: Row | undefined, end: number | null, at: number): Row | undefined {
  // An end that fell is another log, or one that lost records: its past is not this one's.
  if (!row || (end !== null && end < row.last))
    return end === null ? undefined : { from: at, first: end, steps: [], last: end };
  const last = end ?? row.last;
  return { from: row.from, first: row.first, steps: [...row.steps, last - row.last], last };
}

/** Gaps between samples may be this part of their age, so a table of a hundred samples reaches back for days. */
const usualGapPerAge = 0.15;
/** With more partitions than these the gaps grow, so that the table does not: the memory of a target has to fit in one record. */
const usualPartitions = 2_000;
const maxAgeMs = 7 * 24 * 3_600_000;

function thinned(samples: EndSamples, nowMs: number): EndSamples {
  const { times } = samples;
  const rowCount = Object.values(samples.topics).reduce((sum, of) => sum + Object.keys(of.partitions).length, 0);
  const gapPerAge = usualGapPerAge * Math.max(1, rowCount / usualPartitions);
  const kept: number[] = [];
  for (const [index, time] of times.entries()) {
    const [next, last] = [times[index + 1], kept.at(-1)];
    if (next === undefined) kept.push(index);
    else if (nowMs - next > maxAgeMs) continue;
    else if (last === undefined || next - (times[last] as number) > gapPerAge * (nowMs - time)) kept.push(index);
  }
  if (kept.length === times.length) return samples;
  const topics = Object.entries(samples.topics).map(([topic, { partitions, ...id }]) => {
    const rows = Object.entries(partitions).map(([partition, row]) => [partition, withOnly(row, kept)] as const);
    return [topic, { ...id, partitions: Object.fromEntries(rows) }] as const;
  });
  return { times: kept.map((index) => times[index] as number), topics: Object.fromEntries(topics) };
}

function withOnly(row: Row, kept: readonly number[]): Row {
  let end = row.first;
  const ends = [end, ...row.steps.map((step) => (end += step))];
  const ofRow = kept.filter((index) => index >= row.from);
  const left = ofRow.map((index) => ends[index - row.from] as number);
  const steps = left.slice(1).map((value, index) => value - (left[index] as number));
  return { from: kept.length - ofRow.length, first: left[0] ?? row.last, steps, last: row.last };
}
