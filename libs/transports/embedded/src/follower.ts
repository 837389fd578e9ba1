import { setImmediate as nextTurn } from 'node:timers/promises';
import { pause } from '@omninode/bus';
import type { BusFollower, BusRecord, FollowOptions } from '@omninode/contracts';
import type { Arrivals } from './arrivals.js';
import { embeddedErrors } from './errors.js';
import type { LogFile, TopicRow } from './log-file.js';

const readRecords = 500;
const readBytes = 1024 * 1024;

/** Reads one partition to the end that it has now; resolves to that end. */
export async function readToEnd(
  log: LogFile,
  topic: TopicRow,
  partition: number,
  onRecord: (record: BusRecord) => void,
  signal?: AbortSignal,
): Promise<number> {
  const end = log.end(topic.id, partition);
  for (let position = 0; position < end;) {
    signal?.throwIfAborted();
    const records = log.read(topic, partition, position, readRecords, readBytes);
    for (const record of records) if (record.offset < end) onRecord(record);
    // Compaction leaves gaps: without another record the end is reached.
    position = records.length === 0 ? end : records.at(-1)!.offset + 1;
    await nextTurn();
  }
  return end;
}

export function followTopic(log: LogFile, arrivals: Arrivals, topic: TopicRow, options: FollowOptions): BusFollower {
  const stop = new AbortController();
  const partitions = options.partitions ?? [...Array(topic.partitions).keys()];
  const reads = partitions.map((partition) => followPartition(partition));
  const caughtUp = Promise.all(reads.map((read) => read.caughtUp)).then(() => undefined);
  // A follower that is closed early never catches up; nobody has to await that.
  caughtUp.catch(() => undefined);
  return {
    caughtUp,
    async close() {
      stop.abort();
      await Promise.all(reads.map((read) => read.running));
    },
  };

  function followPartition(partition: number) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const running = run().finally(() => reject(embeddedErrors.BUS_CLOSED()));
    return { caughtUp: promise, running };

    async function run(): Promise<void> {
      const firstEnd = log.end(topic.id, partition);
      for (let position = 0; !stop.signal.aborted;) {
        const arrival = arrivals.next(topic.name, partition, stop.signal);
        try {
          const records = log.read(topic, partition, position, readRecords, readBytes);
          for (const record of records) options.onRecord(record);
          if (records.length > 0) position = records.at(-1)!.offset + 1;
          if (records.length === 0 || position >= firstEnd) resolve();
          await (records.length === 0 ? arrival : nextTurn());
        } catch (error) {
          options.onError?.(error as Error);
          await pause(1_000, stop.signal);
        }
      }
    }
  }
}
