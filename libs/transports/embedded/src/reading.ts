import { busErrors, growingPauseMs, pause } from '@omninode/bus';
import type { BusFollower, BusRecord, FollowOptions } from '@omninode/contracts';
import { storageError } from './errors.js';
import type { PartitionLog, ReadLimits } from './partition-log.js';
import type { Turns } from './turns.js';

export interface ReadingContext {
  readonly turns: Turns;
  readonly limits: ReadLimits;
  readonly path: string;
  onError(error: unknown): void;
}

/** Reads one partition from its oldest record to the end that it has now; resolves to that end. */
export async function readToEnd(
  log: PartitionLog,
  onRecord: (record: BusRecord) => void,
  context: ReadingContext,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const end = log.nextOffset;
  for (let position = 0; position < end;) {
    await context.turns.next();
    signal.throwIfAborted();
    const records = readSome(log, position, end, context);
    for (const record of records) onRecord(record);
    position = after(records, end);
  }
  return end;
}

/** Follows the logs from their oldest record on, until it is closed. */
export function startFollower(
  logs: readonly PartitionLog[],
  options: FollowOptions,
  context: ReadingContext,
): BusFollower {
  const ending = new AbortController();
  const follows = logs.map((log) => followLog(log, options, context, ending.signal));
  const caughtUp = Promise.all(follows.map((follow) => follow.caughtUp)).then(() => undefined);
  // A follower that is closed early never catches up; nobody has to wait for that.
  caughtUp.catch(() => undefined);
  return {
    caughtUp,
    async close() {
      ending.abort();
      await Promise.all(follows.map(({ running }) => running));
    },
  };
}

function followLog(log: PartitionLog, options: FollowOptions, context: ReadingContext, signal: AbortSignal) {
  const { onRecord, onError = context.onError } = options;
  const { promise: caughtUp, resolve, reject } = Promise.withResolvers<void>();
  const early = () => reject(busErrors.BUS_CLOSED({ what: 'the end of a follower that had not caught up' }));
  return { caughtUp, running: run().finally(early) };

  async function run(): Promise<void> {
    const firstEnd = log.nextOffset;
    let failures = 0;
    for (let position = 0; !signal.aborted;) {
      if (position >= firstEnd) resolve();
      await log.reaches(position, signal);
      await context.turns.next();
      if (signal.aborted) return;
      try {
        const end = log.nextOffset;
        const records = readSome(log, position, end, context);
        for (const record of records) tell(record);
        position = after(records, end);
        failures = 0;
      } catch (error) {
        onError(error as Error);
        await pause(growingPauseMs(++failures), signal);
      }
    }
  }

  /** A record that the function can't take is reported and passed over: the next time would end the same. */
  function tell(record: BusRecord): void {
    if (signal.aborted) return;
    try {
      onRecord(record);
    } catch (error) {
      onError(error as Error);
    }
  }
}

/** Compaction leaves gaps: without another record the end is reached. */
function after(records: readonly BusRecord[], end: number): number {
  return records.length === 0 ? end : records.at(-1)!.offset + 1;
}

function readSome(log: PartitionLog, from: number, end: number, { limits, path }: ReadingContext): BusRecord[] {
  try {
    return log.read(from, limits, end);
  } catch (error) {
    throw storageError(error, path);
  }
}
