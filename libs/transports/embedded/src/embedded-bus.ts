import { busErrors } from '@omninode/bus';
import {
  topicDeclarations,
  topicNames,
  type Bus,
  type BusConsumer,
  type BusFollower,
  type TopicName,
  type Topics,
} from '@omninode/contracts';
import { openBusFile, type Durability } from './bus-file.js';
import { ConsumerGroup } from './consumer-group.js';
import { embeddedErrors } from './errors.js';
import { openGroupPositions } from './group-positions.js';
import { createPublishQueue } from './publish-queue.js';
import { readToEnd, startFollower } from './reading.js';
import { keepSweeping } from './sweep.js';
import { openTopicStore } from './topic-store.js';
import { createTurns } from './turns.js';

export interface EmbeddedBusOptions {
  /** Where the file lies. One process at a time uses it. */
  readonly folder: string;
  /** Default: the mesh's names. */
  readonly topics?: Topics;
  /** Partitions of topics that are made anew. Default 4. */
  readonly partitions?: number;
  /** What an acknowledgement survives: the death of this process (default), or a power cut too, for a flush a transaction. */
  readonly durability?: Durability;
  /** Largest size of one partition, bytes; its oldest records go first. Topics that are only compacted are not cut. Default 256 MiB. */
  readonly retentionBytes?: number;
  /** How often retention and compaction run, ms. Default 10 000. */
  readonly sweepEveryMs?: number;
  /** How long `close` waits for handlers and publishes, ms. Default 10 000. */
  readonly closeDeadlineMs?: number;
  /** Bytes that may wait to be written; above them a publish is refused. Default 64 MiB. */
  readonly maxQueuedBytes?: number;
  nowMs?(): number;
  /** What goes wrong in the background and is tried again. Default: a process warning. */
  onError?(error: unknown): void;
}

/** What a handler gets at once, and so what is in memory of each partition. */
const limits = { maxRecords: 200, maxBytes: 512 * 1024 };

/** The bus in one SQLite file. Throws a coded error when the folder is in use, can't be written or holds a damaged file. */
export function openEmbeddedBus(options: EmbeddedBusOptions): Bus {
  const { folder, topics: names = topicNames(), partitions = 4, durability = 'process', nowMs = Date.now } = options;
  const { onError = warn, closeDeadlineMs = 10_000, maxQueuedBytes = 64 * 1024 * 1024 } = options;
  const file = openBusFile(folder, durability);
  const topics = openTopicStore(file, declarationsByName(names), partitions);
  const queue = createPublishQueue({ file, topics, nowMs, maxQueuedBytes });
  const turns = createTurns();
  const { path } = file;
  const reading = { turns, limits, path, onError };
  const tenure = {
    ...reading,
    positions: openGroupPositions(file),
    publish: queue.publish,
    deadLetterTopic: names.deadLetter,
  };
  const groups = new Map<string, ConsumerGroup>();
  const open = new Set<BusConsumer | BusFollower>();
  const closing = new AbortController();
  const { retentionBytes = 256 * 1024 * 1024, sweepEveryMs: everyMs = 10_000 } = options;
  const sweeping = keepSweeping({ file, topics, turns, nowMs, retentionBytes, everyMs, onError }, closing.signal);
  let ending: Promise<{ undelivered: number }> | undefined;

  return {
    publish: queue.publish,
    async prepareTopics() {
      refuseAfterClose('preparing topics');
      return topics.prepare();
    },
    partitionCount: async (topic) => topics.get(topic).logs.length,
    async consume(consumer) {
      refuseAfterClose('a new consumer');
      return keep(groupOf(consumer.group, consumer.topic).join(consumer));
    },
    async follow(follow) {
      refuseAfterClose('a new follower');
      const { logs } = topics.get(follow.topic);
      const wanted = follow.partitions?.map((partition) => topics.log(follow.topic, partition)) ?? logs;
      return keep(startFollower(wanted, follow, reading));
    },
    async endOffset(topic, partition) {
      refuseAfterClose('a read');
      return topics.log(topic, partition).nextOffset;
    },
    async readToEnd(topic, partition, onRecord, signal) {
      refuseAfterClose('a read');
      const either = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      return readToEnd(topics.log(topic, partition), onRecord, reading, either);
    },
    close: () => (ending ??= end()),
  };

  function refuseAfterClose(what: string): void {
    if (ending) throw busErrors.BUS_CLOSED({ what });
  }

  function groupOf(group: string, topic: string): ConsumerGroup {
    const key = `${topic} ${group}`;
    const found = groups.get(key) ?? new ConsumerGroup(topics.get(topic).logs, tenure);
    groups.set(key, found);
    return found;
  }

  function keep<T extends BusConsumer | BusFollower>(reader: T): T {
    const { close } = reader;
    open.add(reader);
    return Object.assign(reader, { close: () => close().finally(() => open.delete(reader)) });
  }

  async function end(): Promise<{ undelivered: number }> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), closeDeadlineMs);
    // Handlers may still publish while they finish, so the queue closes after them.
    const ended = await endsBefore(Promise.all([...open].map((reader) => reader.close())), deadline.signal);
    if (!ended) onError(embeddedErrors.CLOSE_TIMED_OUT({ timeoutMs: closeDeadlineMs }));
    closing.abort(busErrors.BUS_CLOSED({ what: 'the end of a read' }));
    const undelivered = await queue.close(deadline.signal);
    clearTimeout(timer);
    await sweeping;
    file.close();
    return { undelivered };
  }
}

function declarationsByName(names: Topics) {
  return new Map(Object.entries(names).map(([topic, full]) => [full, topicDeclarations[topic as TopicName]]));
}

/** The work goes on after the deadline; only the wait ends. */
async function endsBefore(work: Promise<unknown>, deadline: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>();
  deadline.addEventListener('abort', () => resolve(false), { once: true });
  return Promise.race([work.then(() => true), promise]);
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
