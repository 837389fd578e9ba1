import { beyondSince } from '../offsets/end-samples.js';
import type { EndSamples } from '../offsets/end-samples.js';
import type { TopicOffsets } from '../sweep/sweep-parts.js';

/** How far a group is behind in one topic. */
export interface TopicLag {
  /** Records between what is committed and the end, of all partitions with a commit; `undefined`: not all ends were read. */
  readonly messages: number | undefined;
  /** Age of the oldest of them, s; `undefined`: not known yet. */
  readonly seconds: number | undefined;
  /** Records that retention took before the group read them. */
  readonly expired: number | undefined;
  /** Partitions with records of which nothing was ever committed; `undefined`: not all ends were read. */
  readonly uncommitted: number | undefined;
  /** By partition; missing: its end was not read. */
  readonly byPartition: ReadonlyMap<number, number>;
}

export interface LagParts {
  readonly topic: string;
  readonly committed: ReadonlyMap<number, number>;
  readonly offsets: TopicOffsets;
  readonly samples: EndSamples;
  readonly atMs: number;
}

/**
 * Lag by partition: the end less what is committed, not below 0, and what is no longer there is lost rather than behind.
 * Commits were read before the ends, so a commit beyond the end only tells of an end that fell.
 */
export function lagOf({ topic, committed, offsets, samples, atMs }: LagParts): TopicLag {
  const partitions = [...committed].map(([partition, offset]) => {
    const [start, end] = [offsets.starts[partition] ?? null, offsets.ends[partition] ?? null];
    const messages = end === null ? undefined : Math.max(0, end - Math.max(offset, start ?? 0));
    const expired = start === null ? undefined : Math.max(0, start - offset);
    const seconds =
      messages === undefined ? undefined : secondsBehind(messages, { topic, partition, offset, samples, atMs });
    return { partition, messages, expired, seconds };
  });
  const read = partitions.flatMap(({ partition, messages }) =>
    messages === undefined ? [] : [[partition, messages] as const],
  );
  return {
    messages: total(partitions.map(({ messages }) => messages)),
    seconds: greatest(partitions.map(({ seconds }) => seconds)),
    expired: total(partitions.map(({ expired }) => expired)),
    uncommitted: uncommittedOf(committed, offsets),
    byPartition: new Map(read),
  };
}

function uncommittedOf(committed: LagParts['committed'], { starts, ends }: TopicOffsets): number | undefined {
  const others = ends.flatMap((end, at) => (committed.has(at) ? [] : [{ end, start: starts[at] ?? 0 }]));
  if (others.some(({ end }) => end === null)) return undefined;
  return others.filter(({ end, start }) => (end as number) > start).length;
}

function secondsBehind(
  messages: number,
  {
    topic,
    partition,
    offset,
    samples,
    atMs,
  }: Omit<LagParts, 'committed' | 'offsets'> & { partition: number; offset: number },
): number | undefined {
  if (messages === 0) return 0;
  const beyond = beyondSince(samples, topic, partition, offset);
  return beyond && Math.max(0, (atMs - beyond.sinceMs) / 1000);
}

/** A sum of which a part is missing is not one. */
function total(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}

function greatest(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (most, value) => (most === undefined || value === undefined ? undefined : Math.max(most, value)),
    0,
  );
}
