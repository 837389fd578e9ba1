import {
  topicDeclarations,
  topicNames,
  type Bus,
  type BusConsumer,
  type BusFollower,
  type ConsumerOptions,
  type FollowOptions,
  type TopicDeclaration,
  type TopicName,
  type TopicProblem,
  type Topics,
} from '@omninode/contracts';
import { AppendQueue } from './append-queue.js';
import { Arrivals } from './arrivals.js';
import { ConsumerGroup } from './consumer-group.js';
import { embeddedErrors } from './errors.js';
import { followTopic, readToEnd } from './follower.js';
import { LogFile, type TopicRow } from './log-file.js';
import { sweep } from './sweep.js';

export interface EmbeddedBusOptions {
  /** Where the file lies. One process at a time uses it. */
  readonly folder: string;
  /** Default: the mesh's names. */
  readonly topics?: Topics;
  /** Partitions of topics that are made anew. Default 4. */
  readonly partitions?: number;
  /** What an acknowledged record survives: the death of this process (default), or a power cut too, which costs a flush each commit. */
  readonly durability?: 'process' | 'power';
  /** How often retention and compaction run, ms. Default 30 000. */
  readonly sweepEveryMs?: number;
  nowMs?(): number;
  /** What goes wrong in the background and is tried again. */
  onError?(error: unknown): void;
}

const defaultMaxRecordBytes = 1024 * 1024;

/** The bus in one SQLite file. Throws a coded error when the folder is in use, can't be written or holds a damaged file. */
export function openEmbeddedBus(options: EmbeddedBusOptions): Bus {
  const { topics = topicNames(), nowMs = Date.now, onError = () => undefined } = options;
  const log = new LogFile(options.folder, options.durability);
  const declarations = declarationsByName(topics);
  const rows = new Map<string, TopicRow>(log.topics().map((row) => [row.name, row]));
  const arrivals = new Arrivals();
  const groups = new Map<string, ConsumerGroup>();
  const open = new Set<BusConsumer | BusFollower>();
  const closing = new AbortController();
  const queue = new AppendQueue({
    log,
    topic,
    nowMs,
    maxRecordBytes: (name) => declarations.get(name)?.maxRecordBytes ?? defaultMaxRecordBytes,
    onAppended: (positions) => arrivals.announce(positions),
  });
  let sweeping: Promise<void> = Promise.resolve();
  const sweeper = setInterval(() => {
    sweeping = sweeping.then(() => sweep(log, sweptTopics(), nowMs(), closing.signal)).catch(onError);
  }, options.sweepEveryMs ?? 30_000);
  sweeper.unref();
  let ending: Promise<{ undelivered: number }> | undefined;

  function topic(name: string): TopicRow {
    const row = rows.get(name);
    if (!row) throw embeddedErrors.TOPIC_UNKNOWN({ topic: name });
    return row;
  }

  function sweptTopics() {
    return [...rows.values()].flatMap((row) => {
      const declaration = declarations.get(row.name);
      return declaration ? [{ row, declaration }] : [];
    });
  }

  function assertOpen(): void {
    if (ending) throw embeddedErrors.BUS_CLOSED();
  }

  function group({ group: name, topic: topicName }: ConsumerOptions): ConsumerGroup {
    const key = `${name} ${topicName}`;
    let found = groups.get(key);
    if (!found) {
      const publish = queue.publish.bind(queue);
      found = new ConsumerGroup({
        log,
        arrivals,
        topic: topic(topicName),
        deadLetterTopic: topics.deadLetter,
        publish,
        onError,
      });
      groups.set(key, found);
    }
    return found;
  }

  async function end(): Promise<{ undelivered: number }> {
    clearInterval(sweeper);
    closing.abort();
    // Handlers may still publish while they finish, so the queue closes last.
    await Promise.all([...open].map((reader) => reader.close()));
    await queue.close();
    await sweeping;
    log.close();
    return { undelivered: 0 };
  }

  return {
    publish: (records) => queue.publish(records),
    async prepareTopics() {
      assertOpen();
      const problems = [...declarations].flatMap(([name, declaration]) => prepare(name, declaration));
      for (const row of log.topics()) rows.set(row.name, row);
      return problems;
    },
    partitionCount: async (name) => topic(name).partitions,
    async consume(consumer: ConsumerOptions) {
      assertOpen();
      const member = group(consumer).join(consumer);
      open.add(member);
      return member;
    },
    async follow(follow: FollowOptions) {
      assertOpen();
      const follower = followTopic(log, arrivals, topic(follow.topic), follow);
      open.add(follower);
      return follower;
    },
    async readToEnd(name, partition, onRecord, signal) {
      assertOpen();
      return readToEnd(log, topic(name), partition, onRecord, signal);
    },
    close: () => (ending ??= end()),
  };

  function prepare(name: string, { cleanup }: TopicDeclaration): TopicProblem[] {
    const row = rows.get(name);
    if (!row) log.transaction(() => log.createTopic(name, options.partitions ?? 4, cleanup));
    if (!row || row.cleanup === cleanup) return [];
    const problem = `${name} has the cleanup policy ${row.cleanup}, the mesh needs ${cleanup}. The file is of another version: move ${log.file} away.`;
    return [{ topic: name, problem, fatal: true }];
  }
}

function declarationsByName(topics: Topics): Map<string, TopicDeclaration> {
  return new Map(Object.entries(topics).map(([name, full]) => [full, topicDeclarations[name as TopicName]]));
}
