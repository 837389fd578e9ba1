import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError, errorCode } from '@omninode/contracts';
import { errors } from '../errors.js';
import type { IntakeTally } from './intake.metrics.js';
import type { IntakeRecord, MeasurementIntake } from './measurement-intake.js';

export interface PublishOptions {
  readonly intake: MeasurementIntake;
  readonly tally: IntakeTally;
  readonly timeoutMs: number;
  /** How much may wait for the bus, bytes. */
  readonly pendingLimit: number;
}

/**
 * Resolves when the bus has acknowledged the records. Throws BUS_BUSY when too much waits already, BUS_UNAVAILABLE when there is
 * no acknowledgement in time or the bus says that another try may help, else what the bus threw.
 */
export async function publish(records: readonly IntakeRecord[], options: PublishOptions): Promise<void> {
  const { intake, tally, timeoutMs, pendingLimit } = options;
  const bytes = records.reduce((sum, { value }) => sum + value.length, 0);
  // One request always fits, however small the limit.
  if (tally.pendingBytes > 0 && tally.pendingBytes + bytes > pendingLimit) throw errors.BUS_BUSY();
  tally.pendingBytes += bytes;
  // What we no longer wait for still takes memory until the bus lets go of it.
  const acknowledged = intake.accept(records).finally(() => (tally.pendingBytes -= bytes));
  try {
    await within(timeoutMs, acknowledged);
  } catch (error) {
    throw reasonOf(error);
  }
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  const cancel = new AbortController();
  const over = sleep(timeoutMs, undefined, { signal: cancel.signal }).then(() => {
    throw errors.BUS_UNAVAILABLE({ reason: `no answer within ${timeoutMs} ms` });
  });
  try {
    await Promise.race([work, over]);
  } finally {
    cancel.abort();
    // Whichever comes second has nobody left to tell.
    Promise.allSettled([work, over]).catch(() => undefined);
  }
}

function reasonOf(error: unknown): unknown {
  const code = errorCode(error);
  if (code === 'BUS_UNAVAILABLE') return error;
  if (code === 'RECORD_TOO_LARGE') return errors.RECORD_TOO_LARGE({}, error);
  if (code === 'PUBLISH_QUEUE_FULL') return errors.BUS_BUSY({}, error);
  // A bus that is closed closes with its process, and another one takes over.
  const isPassing = code === 'BUS_CLOSED' || (error instanceof CodedError && error.retryable);
  return isPassing ? errors.BUS_UNAVAILABLE({ reason: code }, error) : error;
}
