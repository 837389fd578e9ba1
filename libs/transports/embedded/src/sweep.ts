import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicDeclaration } from '@omninode/contracts';
import type { BusFile } from './bus-file.js';
import { recordBytesSql, type PartitionLog } from './partition-log.js';
import type { Topic, TopicStore } from './topic-store.js';
import type { Turns } from './turns.js';

export interface SweepOptions {
  readonly file: BusFile;
  readonly topics: TopicStore;
  readonly turns: Turns;
  nowMs(): number;
  /** Largest size of one partition, bytes; its oldest records go first. Topics that are only compacted are not cut. */
  readonly retentionBytes: number;
  readonly everyMs: number;
  onError(error: unknown): void;
}

/** Records that one transaction looks at: it holds up the process. */
const atATime = 100;
/** As Kafka does by default, so that every reader sees that a key is gone. */
const tombstonesKeptMs = 24 * 3_600_000;

/** Compacts and removes what is past its time, now and then, until the signal aborts. Lazy, as Kafka's cleaner is. */
export async function keepSweeping(options: SweepOptions, signal: AbortSignal): Promise<void> {
  for (;;) {
    // An open bus alone keeps no process alive.
    await sleep(options.everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    for (const topic of options.topics.all.values()) await sweepTopic(topic, options, signal).catch(options.onError);
  }
}

async function sweepTopic({ logs, declaration }: Topic, options: SweepOptions, signal: AbortSignal): Promise<void> {
  const { cleanup } = declaration;
  for (const log of logs) {
    if (cleanup !== 'delete') {
      await repeat(() => compactSome(log, declaration, options), options, signal);
      await repeat(() => removeTombstones(log, options), options, signal);
    }
    if (cleanup !== 'compact') await repeat(() => removeOldest(log, declaration, options), options, signal);
  }
}

/** Small transactions with room for others in between, while the step says that there is more. */
async function repeat(step: () => boolean, { turns, file }: SweepOptions, signal: AbortSignal): Promise<void> {
  for (let more = true; more;) {
    await turns.next();
    if (signal.aborted) return;
    more = file.transaction(step);
  }
}

/**
 * Takes the next records in order and removes the older ones of their keys, so a sweep costs what was written since the
 * last one, not what is there. Records younger than the topic's lag wait until they are old enough.
 */
function compactSome(log: PartitionLog, { minCompactionLagMs = 0 }: TopicDeclaration, options: SweepOptions): boolean {
  const { db } = options.file;
  const { from } = db.prepare('select compacted_to as "from" from log where id = ?').get(log.id) as { from: number };
  const next = db
    .prepare(`select offset, key, time from log_${log.id} where offset >= ? order by offset limit ?`)
    .all(from, atATime) as unknown as { offset: number; key: string; time: number }[];
  const notAfterMs = options.nowMs() - minCompactionLagMs;
  const young = next.findIndex(({ time }) => time > notAfterMs);
  const ready = young < 0 ? next : next.slice(0, young);
  if (ready.length === 0) return false;

  const remove = db.prepare(
    `delete from log_${log.id} where key = ? and offset < ? returning ${recordBytesSql} as bytes`,
  );
  const removed = ready.flatMap(({ key, offset }) => remove.all(key, offset) as unknown as Sized[]);
  const compactedTo = ready.at(-1)!.offset + 1;
  db.prepare('update log set compacted_to = ?, bytes = bytes - ? where id = ?').run(
    compactedTo,
    total(removed),
    log.id,
  );
  return ready.length === atATime;
}

/** Only where compaction has been: an older record of the key must not outlive its tombstone. */
function removeTombstones(log: PartitionLog, { file: { db }, nowMs }: SweepOptions): boolean {
  const table = `log_${log.id}`;
  const removed = db
    .prepare(
      `delete from ${table} where offset in (
         select offset from ${table} where value is null and time < ?
           and offset < (select compacted_to from log where id = ?) limit ?)
       returning ${recordBytesSql} as bytes`,
    )
    .all(nowMs() - tombstonesKeptMs, log.id, atATime) as unknown as Sized[];
  if (removed.length > 0) db.prepare('update log set bytes = bytes - ? where id = ?').run(total(removed), log.id);
  return removed.length === atATime;
}

/** From the oldest on: what is past its time, and what is over the partition's size. */
function removeOldest(log: PartitionLog, { retentionMs = Infinity }: TopicDeclaration, options: SweepOptions): boolean {
  const { db } = options.file;
  const { bytes } = db.prepare('select bytes from log where id = ?').get(log.id) as unknown as Sized;
  const oldest = db
    .prepare(`select offset, time, ${recordBytesSql} as bytes from log_${log.id} order by offset limit ?`)
    .all(atATime) as unknown as (Sized & { offset: number; time: number })[];
  const beforeMs = options.nowMs() - retentionMs;
  let left = bytes;
  let last: number | undefined;
  for (const record of oldest) {
    if (record.time >= beforeMs && left <= options.retentionBytes) break;
    left -= record.bytes;
    last = record.offset;
  }
  if (last === undefined) return false;
  db.prepare(`delete from log_${log.id} where offset <= ?`).run(last);
  db.prepare('update log set bytes = ? where id = ?').run(left, log.id);
  return last === oldest.at(-1)!.offset;
}

interface Sized {
  readonly bytes: number;
}

function total(rows: readonly Sized[]): number {
  return rows.reduce((sum, { bytes }) => sum + bytes, 0);
}
