import { setTimeout as sleep } from 'node:timers/promises';
import type { BusFollower, BusRecord, FollowOptions } from '@omninode/contracts';
import { asKafkaError, kafkaErrors, type LogReader } from '@omninode/kafka-link';
import { breathing } from './breathing.js';
import { fromFetched } from './kafka-records.js';
import { part } from './part.js';

/** Reads some partitions of a topic from the beginning, and goes on. Failures are reported and tried again. */
export async function followTopic(
  openReader: () => Promise<LogReader>,
  brokers: readonly string[],
  options: FollowOptions,
): Promise<BusFollower> {
  const stop = new AbortController();
  const caughtUp = Promise.withResolvers<void>();
  // A follower that is closed early never catches up; nobody has to await that.
  caughtUp.promise.catch(() => undefined);
  const reader = await openReader();
  const breath = breathing();
  const running = run();
  let ending: Promise<void> | undefined;
  return {
    caughtUp: caughtUp.promise,
    close() {
      return (ending ??= finish());
    },
  };

  async function finish(): Promise<void> {
    stop.abort();
    await running;
    await part(reader.close(), (error) => options.onError?.(error));
    caughtUp.reject(kafkaErrors.KAFKA_CLOSED());
  }

  async function run(): Promise<void> {
    let read: Awaited<ReturnType<typeof start>> | undefined;
    for (let pauseMs = 100; !stop.signal.aborted;) {
      try {
        read ??= await start();
        await step(read);
        pauseMs = 100;
      } catch (failure) {
        options.onError?.(asKafkaError(failure, { brokers, topic: options.topic }));
        await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, 5_000);
      }
    }
  }

  async function start() {
    const partitions = options.partitions ?? (await reader.partitions(options.topic));
    const bounds = await reader.bounds(options.topic, partitions);
    const positions = new Map([...bounds].map(([partition, { first }]) => [partition, first]));
    const ends = new Map([...bounds].map(([partition, { end }]) => [partition, end]));
    return { positions, ends };
  }

  async function step({
    positions,
    ends,
  }: {
    positions: Map<number, number>;
    ends: ReadonlyMap<number, number>;
  }): Promise<void> {
    if ([...ends].every(([partition, end]) => positions.get(partition)! >= end)) caughtUp.resolve();
    for (const fetched of await reader.fetch(options.topic, positions, 500)) {
      for (const record of fetched.records) {
        if (stop.signal.aborted) return;
        options.onRecord(fromFetched(options.topic, fetched, record));
        await breath.due();
      }
      positions.set(fetched.partition, fetched.nextOffset);
    }
  }
}

/** Reads one partition to the end that it has now. The position counts, not the last record: markers and compaction leave gaps. */
export async function readToEnd(
  reader: LogReader,
  topic: string,
  partition: number,
  onRecord: (record: BusRecord) => void,
  signal?: AbortSignal,
): Promise<number> {
  const breath = breathing();
  const { first = 0, end = 0 } = (await reader.bounds(topic, [partition])).get(partition) ?? {};
  for (let position = first; position < end;) {
    signal?.throwIfAborted();
    for (const fetched of await reader.fetch(topic, new Map([[partition, position]]), 500)) {
      for (const record of fetched.records) {
        if (record.offset < end) onRecord(fromFetched(topic, fetched, record));
        await breath.due();
      }
      position = fetched.nextOffset;
    }
  }
  return end;
}
