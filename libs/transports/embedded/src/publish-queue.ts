import { setImmediate as nextRound } from 'node:timers/promises';
import { busErrors } from '@omninode/bus';
import { partitionOf, type NewRecord, type Position } from '@omninode/contracts';
import type { BusFile } from './bus-file.js';
import { recordBytes, type PartitionLog, type StoredRecord } from './partition-log.js';
import type { TopicStore } from './topic-store.js';

/** A transaction holds up the process: so much goes into one at most. 50 records of 800 B take some 0.3 ms. */
const recordsPerTransaction = 50;
const bytesPerTransaction = 1024 * 1024;

/** Kafka's default for a topic that sets no limit. */
const defaultMaxRecordBytes = 1024 * 1024;

export interface PublishQueueOptions {
  readonly file: BusFile;
  readonly topics: TopicStore;
  nowMs(): number;
  /** Above it a publish is refused: a caller that waits for nothing must not fill the memory. */
  readonly maxQueuedBytes: number;
}

export interface PublishQueue {
  publish(records: readonly NewRecord[]): Promise<readonly Position[]>;
  /** Takes nothing more; resolves to the number of records that were accepted and not written, at the latest at the deadline. */
  close(deadline: AbortSignal): Promise<number>;
}

/** Writes in the order of the calls; what comes in one round of the event loop shares a transaction. */
export function createPublishQueue({ file, topics, nowMs, maxQueuedBytes }: PublishQueueOptions): PublishQueue {
  const queue: Entry[] = [];
  let queuedBytes = 0;
  let writing: Promise<void> | undefined;
  let closed = false;
  let undelivered = 0;
  return { publish, close };

  async function publish(records: readonly NewRecord[]): Promise<readonly Position[]> {
    if (closed) throw busErrors.BUS_CLOSED({ what: 'a publish' });
    const placed = records.map((record) => place(record, topics));
    if (placed.length === 0) return [];
    const bytes = placed.reduce((sum, entry) => sum + entry.bytes, 0);
    // A call that is larger than the whole queue may come when it is alone: refused, it could never be sent.
    if (queuedBytes > 0 && queuedBytes + bytes > maxQueuedBytes)
      throw busErrors.PUBLISH_QUEUE_FULL({ limit: maxQueuedBytes, topic: placed[0]!.log.topic });
    queuedBytes += bytes;
    return new Promise((resolve, reject) => {
      const call: Call = { positions: [], wanted: placed.length, failed: false, resolve, reject };
      for (const entry of placed) queue.push({ ...entry, call });
      writing ??= writeAll();
    });
  }

  async function writeAll(): Promise<void> {
    while (queue.length > 0) {
      await nextRound();
      const entries = takeSome(queue);
      for (const { bytes } of entries) queuedBytes -= bytes;
      const failed = writeSome(entries);
      if (closed) undelivered += failed;
    }
    writing = undefined;
  }

  /** Returns how many were not written. */
  function writeSome(entries: readonly Entry[]): number {
    // What is left of a failed call is not written: that would leave a hole in its order, which sending again doesn't mend.
    const wanted = entries.filter(({ call }) => !call.failed);
    try {
      settle(wanted, append(file, wanted, nowMs()));
      return entries.length - wanted.length;
    } catch (error) {
      for (const { call } of wanted) fail(call, error);
      return entries.length;
    }
  }

  async function close(deadline: AbortSignal): Promise<number> {
    closed = true;
    if (writing) await Promise.race([writing, aborted(deadline)]);
    const left = queue.splice(0);
    for (const { call } of left) fail(call, busErrors.BUS_CLOSED({ what: 'the end of a publish' }));
    return undelivered + left.length;
  }
}

/** One call of `publish`; settled when its last record is. */
interface Call {
  readonly positions: Position[];
  readonly wanted: number;
  failed: boolean;
  resolve(positions: readonly Position[]): void;
  reject(error: unknown): void;
}

interface Placed {
  readonly log: PartitionLog;
  readonly record: StoredRecord;
  readonly bytes: number;
}

interface Entry extends Placed {
  readonly call: Call;
}

/** Checks a record and copies its bytes: they are ours from here on, as they would be on a wire. */
function place({ topic: name, key, value, headers = {}, partition }: NewRecord, topics: TopicStore): Placed {
  const { logs, declaration } = topics.get(name);
  const log = topics.log(name, partition ?? partitionOf(key, logs.length));
  const headersText = Object.keys(headers).length === 0 ? null : JSON.stringify(headers);
  const record: StoredRecord = { key, headers: headersText, value: value && Buffer.from(value) };
  const bytes = recordBytes(record);
  const limit = declaration.maxRecordBytes ?? defaultMaxRecordBytes;
  if (bytes > limit) throw busErrors.RECORD_TOO_LARGE({ topic: name, bytes, limit });
  return { log, record, bytes };
}

function takeSome(queue: Entry[]): Entry[] {
  let count = 0;
  let bytes = 0;
  while (count < queue.length && count < recordsPerTransaction && bytes < bytesPerTransaction)
    bytes += queue[count++]!.bytes;
  return queue.splice(0, count);
}

/** Returns the offset of each. */
function append(file: BusFile, entries: readonly Entry[], timeMs: number): number[] {
  const grown = new Map<PartitionLog, { next: number; bytes: number }>();
  const offsets = file.transaction(() => {
    const given = entries.map(({ log, record, bytes }) => {
      const growth = grown.get(log) ?? { next: log.nextOffset, bytes: 0 };
      grown.set(log, growth);
      log.append(growth.next, record, timeMs);
      growth.bytes += bytes;
      return growth.next++;
    });
    for (const [log, { next, bytes }] of grown) log.storeNext(next, bytes);
    return given;
  });
  for (const [log, { next }] of grown) log.advanceTo(next);
  return offsets;
}

function settle(entries: readonly Entry[], offsets: readonly number[]): void {
  entries.forEach(({ log: { topic, partition }, call }, nth) => {
    call.positions.push({ topic, partition, offset: offsets[nth]! });
    if (call.positions.length === call.wanted) call.resolve(call.positions);
  });
}

function fail(call: Call, error: unknown): void {
  call.failed = true;
  call.reject(error);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
