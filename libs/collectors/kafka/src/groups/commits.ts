import type { EndsToSample } from '../offsets/end-samples.js';
import { own } from '../offsets/own.js';
import type { GroupPart, OffsetsPart } from '../sweep/sweep-parts.js';

/** A group and what it committed, by topic and partition; `undefined`: not read, or it commits elsewhere. */
export interface GroupCommits {
  readonly part: GroupPart;
  readonly committed: ReadonlyMap<string, ReadonlyMap<number, number>> | undefined;
}

/** Only in topics that are watched. */
export function commitsByTopic({ committed }: GroupPart, watched: readonly string[]): GroupCommits['committed'] {
  if (!committed) return undefined;
  const names = new Set(watched);
  const topics = Map.groupBy(
    committed.filter(([topic]) => names.has(topic)),
    ([topic]) => topic,
  );
  return new Map(
    [...topics].map(([topic, of]) => [topic, new Map(of.map(([, partition, offset]) => [partition, offset]))]),
  );
}

/** Only partitions that somebody committed are worth a sample. */
export function endsToSample(
  groups: readonly GroupCommits[],
  topicIds: ReadonlyMap<string, string | undefined>,
  offsets: OffsetsPart,
): ReadonlyMap<string, EndsToSample> {
  const wanted = new Map<string, Set<number>>();
  for (const [topic, partitions] of groups.flatMap(({ committed }) => [...(committed ?? [])])) {
    const of = wanted.get(topic) ?? new Set();
    wanted.set(topic, of);
    for (const partition of partitions.keys()) of.add(partition);
  }
  return new Map(
    [...wanted].map(([topic, partitions]) => {
      const ends = own(offsets.topics, topic)?.ends ?? [];
      return [topic, { id: topicIds.get(topic), ends: new Map([...partitions].map((at) => [at, ends[at] ?? null])) }];
    }),
  );
}
