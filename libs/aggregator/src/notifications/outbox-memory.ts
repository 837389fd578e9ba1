import { outboxForm } from '@omninode/notifiers';
import { z } from 'zod';
import type { MemoryRecord } from '@omninode/contracts';

/** How a receiver does, for every replica to tell. Times in ms since 1970 UTC. */
export const receiverStatus = z.object({
  /** The process that sends. */
  leader: z.string(),
  lastSuccessMs: z.number().optional(),
  lastFailureMs: z.number().optional(),
  /** Of the newest try; absent when that one succeeded. */
  errorCode: z.string().optional(),
  /** The first try that failed since the newest that succeeded; absent when that one succeeded. */
  failingSinceMs: z.number().optional(),
  /** Changes that are due and not told. */
  waiting: z.number(),
  oldestMs: z.number().optional(),
});
export type ReceiverStatus = z.infer<typeof receiverStatus>;

const outboxMemory = z.object({ outbox: outboxForm, status: receiverStatus });
export type OutboxMemory = z.infer<typeof outboxMemory>;

/** What lies under `receiver/<name>`; `undefined` when it is of another version. */
export function readOutbox(value: MemoryRecord): OutboxMemory | undefined {
  const parsed = outboxMemory.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

export const receiverRole = 'receiver';
export const silenceRole = 'silence';
