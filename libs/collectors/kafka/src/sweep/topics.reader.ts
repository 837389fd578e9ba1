import { describeLogDirs, describeTopicSettings, listOffsets, logEnd, logStart } from '@omninode/kafka-link';
import type { ListedOffset, ListOffsetsRequest } from '@omninode/kafka-link';
import type {
  DeadLettersPart,
  LogDirsPart,
  MetadataPart,
  OffsetsPart,
  SettingsPart,
  TopicSetting,
} from './sweep-parts.js';
import { allSilent } from './missing.js';
import type { SweepTools } from './sweep.js';
import { own } from '../offsets/own.js';

const settingsMaxAgeMs = 600_000;

/** Settings seldom change: they are asked again after ten minutes, or when a topic came. */
export async function readSettings({ link, kept, part, requestTimeoutMs, signal }: SweepTools): Promise<SettingsPart> {
  const { selected: topics } = await part('metadata');
  const last = kept.settings;
  const isKnown = last && topics.every((topic) => Object.hasOwn(last.part.topics, topic));
  if (last && performance.now() - last.readAtMs < (isKnown ? settingsMaxAgeMs : 0)) return last.part;
  if (topics.length === 0) return { topics: {}, refused: 0 };
  try {
    const request = { topics, settings: ['min.insync.replicas', 'cleanup.policy'] };
    const { reply } = await link.askAny(describeTopicSettings, request, { signal, timeoutMs: requestTimeoutMs });
    const told = reply.filter(({ errorCode }) => errorCode === 0);
    const settings = told.map(({ topic, settings: said }): [string, TopicSetting] => {
      const { 'min.insync.replicas': minInSync, 'cleanup.policy': policy } = said;
      return [
        topic,
        {
          ...(minInSync && { minInSync: Number(minInSync) }),
          ...(policy && { isCompacted: policy.includes('compact') }),
        },
      ];
    });
    const read = { topics: Object.fromEntries(settings), refused: reply.length - told.length };
    kept.settings = { part: read, readAtMs: performance.now() };
    return read;
  } catch (error) {
    signal.throwIfAborted();
    return { topics: {}, refused: topics.length, code: (error as { code?: string }).code ?? 'UNEXPECTED' };
  }
}

/** Ends of the logs. Groups are read before: so a commit is never newer than the end that it is compared with. */
export async function readOffsets(tools: SweepTools): Promise<OffsetsPart> {
  const metadata = await tools.part('metadata');
  await tools.part('groups');
  const names = new Set([...metadata.selected, ...metadata.deadLetterTopics]);
  const questions = (timestamp: number, readCommitted: boolean) =>
    byLeader(metadata, names, { timestamp, readCommitted });
  // One after the other: each end is at least as new as the start, and the stable end at least as new as the end.
  const starts = await tools.askEach(questions(logStart, false), listOffsets);
  const ends = await tools.askEach(questions(logEnd, false), listOffsets);
  const stable = await tools.askEach(questions(logEnd, true), listOffsets);
  const [startOf, endOf, stableOf] = [starts, ends, stable].map(({ replies }) =>
    offsetsBy([...replies.values()].flat()),
  );
  const topics = metadata.topics
    .filter(({ name }) => names.has(name))
    .map(({ name, partitions }) => {
      const all = (of: OffsetOf | undefined) =>
        Array.from({ length: partitions.length }, (_, partition) => of?.(name, partition) ?? null);
      return [name, { starts: all(startOf), ends: all(endOf), stable: all(stableOf) }] as const;
    });
  const refusals = [...ends.replies.values()].flat().filter(({ errorCode }) => errorCode !== 0);
  const refused = Object.entries(Object.groupBy(refusals, ({ errorCode }) => errorCode));
  return {
    topics: Object.fromEntries(topics),
    silent: allSilent(starts, ends, stable),
    refused: Object.fromEntries(refused.map(([code, partitions = []]) => [code, partitions.length])),
  };
}

/** The first record that is not older than 1970 is the oldest one: the broker tells its time, and no record is read. */
export async function readDeadLetters(tools: SweepTools): Promise<DeadLettersPart> {
  const metadata = await tools.part('metadata');
  const { topics } = await tools.part('offsets');
  const filled = metadata.deadLetterTopics.filter((name) => {
    const { starts = [], ends = [] } = own(topics, name) ?? {};
    return ends.some((end, partition) => (end ?? 0) > (starts[partition] ?? 0));
  });
  const questions = byLeader(metadata, new Set(filled), { timestamp: 0, readCommitted: false });
  const { replies, silent } = await tools.askEach(questions, listOffsets);
  const found = [...replies.values()]
    .flat()
    .filter(({ errorCode, offset, timestamp }) => errorCode === 0 && offset >= 0 && timestamp >= 0);
  const byTopic = Map.groupBy(found, ({ topic }) => topic);
  const oldest = [...byTopic].map(
    ([topic, those]) => [topic, Math.min(...those.map(({ timestamp }) => timestamp))] as const,
  );
  return { oldestMs: Object.fromEntries(oldest), silent };
}

export async function readLogDirs({ part, askEach }: SweepTools): Promise<LogDirsPart> {
  const { brokers } = await part('metadata');
  const { replies, silent } = await askEach(new Map(brokers.map(({ id }) => [id, undefined])), describeLogDirs);
  return { brokers: [...replies].map(([broker, { dirs, errorCode }]) => ({ broker, dirs, errorCode })), silent };
}

function byLeader(
  { topics, brokers }: MetadataPart,
  names: ReadonlySet<string>,
  about: Pick<ListOffsetsRequest, 'timestamp' | 'readCommitted'>,
): ReadonlyMap<number, ListOffsetsRequest> {
  const alive = new Set(brokers.map(({ id }) => id));
  const led = new Map<number, Map<string, number[]>>();
  for (const { name, partitions } of topics) {
    if (!names.has(name)) continue;
    for (const { partition, leader } of partitions) {
      if (!alive.has(leader)) continue;
      const ofLeader = led.get(leader) ?? new Map<string, number[]>();
      led.set(leader, ofLeader);
      ofLeader.set(name, [...(ofLeader.get(name) ?? []), partition]);
    }
  }
  const toRequest = (ofLeader: ReadonlyMap<string, readonly number[]>) => ({
    ...about,
    topics: [...ofLeader].map(([topic, partitions]) => ({ topic, partitions })),
  });
  return new Map([...led].map(([leader, ofLeader]) => [leader, toRequest(ofLeader)]));
}

type OffsetOf = (topic: string, partition: number) => number | undefined;

function offsetsBy(listed: readonly ListedOffset[]): OffsetOf {
  const known = listed.filter(({ errorCode, offset }) => errorCode === 0 && offset >= 0);
  const offsets = new Map(known.map(({ topic, partition, offset }) => [`${topic} ${partition}`, offset]));
  return (topic, partition) => offsets.get(`${topic} ${partition}`);
}
