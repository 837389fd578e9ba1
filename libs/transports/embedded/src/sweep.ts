import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TopicDeclaration } from '@omninode/contracts';
import type { LogFile, TopicRow } from './log-file.js';

export interface SweptTopic {
  readonly row: TopicRow;
  readonly declaration: TopicDeclaration;
}

/** Records that one transaction deletes at most. */
const atATime = 200;
/** As Kafka does by default, so that every reader sees that a key is gone. */
const tombstonesKeptMs = 24 * 3_600_000;

/** Deletes what retention and compaction let go, in small transactions with room for others in between. */
export async function sweep(
  log: LogFile,
  topics: readonly SweptTopic[],
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (const { row, declaration } of topics) {
    const { cleanup, retentionMs, minCompactionLagMs = 0 } = declaration;
    if (cleanup.includes('delete') && retentionMs !== undefined) {
      await repeat(() => log.deleteBefore(row.id, nowMs - retentionMs, atATime), signal);
    }
    if (cleanup.includes('compact')) {
      await repeat(() => log.compact(row.id, nowMs - minCompactionLagMs, nowMs - tombstonesKeptMs, atATime), signal);
    }
  }
}

async function repeat(deleteSome: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && deleteSome() === atATime) await nextTurn();
}
