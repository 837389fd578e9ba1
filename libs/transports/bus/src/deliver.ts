import {
  deadLetterRecord,
  errorCode,
  type BusPublisher,
  type BusRecord,
  type ConsumerOptions,
  type RecordBatch,
} from '@omninode/contracts';
import { growingPauseMs, pause } from './pause.js';

export interface DeliveryRules {
  readonly onBatch: ConsumerOptions['onBatch'];
  /** Tries of the whole batch before its records come one by one. Default 5. */
  readonly maxAttempts?: number;
  /** Writes dead letters; resolves when the bus has acknowledged them. */
  readonly publish: BusPublisher['publish'];
  readonly deadLetterTopic: string;
  /** Told each time that everything below this offset is handled or parked: the moment to commit. */
  advance(nextOffset: number): void | Promise<void>;
  /** Told of every failed try, of the handler and of writing a dead letter. */
  onFailure?(error: unknown): void;
  /** The pause after the given failed try, ms. Default `growingPauseMs`. */
  readonly pauseMs?: (attempt: number) => number;
}

/** `abandoned`: the partition was lost or the consumer closes; what `advance` was not told of is delivered again. */
export type DeliveryResult = 'handled' | 'abandoned';

/**
 * Delivers one batch by the rules of `ConsumerOptions.onBatch`, the same for every transport: the whole batch up to
 * `maxAttempts` times with growing pauses, then its records one by one, and the record that still fails goes to the
 * dead-letter topic. Rejects only when `advance` does.
 *
 * A handler that resolves has handled the batch, also when the signal aborted meanwhile; to give a batch back it rejects.
 * The result of a batch that is no longer ours counts for nothing.
 */
export async function deliver(batch: RecordBatch, rules: DeliveryRules): Promise<DeliveryResult> {
  const failure = await tryWhole(batch, rules);
  if (failure === 'abandoned') return 'abandoned';
  if (failure !== undefined) return deliverOneByOne(batch, rules, failure);
  await rules.advance(batch.records.at(-1)!.offset + 1);
  return 'handled';
}

/** A box, because a handler may also throw `undefined`. */
interface Failure {
  readonly error: unknown;
}

/** Resolves to the last failure; to nothing when a try succeeded. */
async function tryWhole(batch: RecordBatch, rules: DeliveryRules): Promise<Failure | 'abandoned' | undefined> {
  const { maxAttempts = 5 } = rules;
  for (let attempt = 1; ; attempt++) {
    const failure = await tryOnce(batch, rules);
    if (!batch.isCurrent()) return 'abandoned';
    if (failure === undefined) return undefined;
    if (batch.signal.aborted) return 'abandoned';
    if (attempt >= maxAttempts) return failure;
    await pauseAfter(attempt, batch, rules);
    if (batch.signal.aborted) return 'abandoned';
  }
}

async function deliverOneByOne(batch: RecordBatch, rules: DeliveryRules, last: Failure): Promise<DeliveryResult> {
  const wasAlone = batch.records.length === 1;
  for (const record of batch.records) {
    const failure = wasAlone ? last : await tryOnce(alone(batch, record), rules);
    if (!batch.isCurrent()) return 'abandoned';
    if (failure && (await park(record, failure, batch, rules)) === 'abandoned') return 'abandoned';
    await rules.advance(record.offset + 1);
    if (batch.signal.aborted) return 'abandoned';
  }
  return 'handled';
}

async function tryOnce(batch: RecordBatch, rules: DeliveryRules): Promise<Failure | undefined> {
  try {
    await rules.onBatch(batch);
    return undefined;
  } catch (error) {
    rules.onFailure?.(error);
    return { error };
  }
}

/** Tries until the dead letter is acknowledged: a record that is neither handled nor parked would be lost. */
async function park(
  record: BusRecord,
  { error }: Failure,
  batch: RecordBatch,
  rules: DeliveryRules,
): Promise<DeliveryResult> {
  // What fails on the dead-letter topic lies there already; another copy would fail again, without end.
  if (record.topic === rules.deadLetterTopic) return 'handled';
  const letter = deadLetterRecord(rules.deadLetterTopic, record, 'handler_failed', nameOf(error));
  for (let attempt = 1; !batch.signal.aborted; attempt++) {
    try {
      await rules.publish([letter]);
      return 'handled';
    } catch (publishError) {
      rules.onFailure?.(publishError);
      await pauseAfter(attempt, batch, rules);
    }
  }
  return 'abandoned';
}

/** A code where there is one, else the class of the error: `TypeError` says more than `UNEXPECTED`. Never the message: it may quote a secret. */
function nameOf(error: unknown): string {
  const code = errorCode(error);
  return code === 'UNEXPECTED' && error instanceof Error ? error.name : code;
}

function alone(batch: RecordBatch, record: BusRecord): RecordBatch {
  const { topic, partition, signal, endOffset } = batch;
  return { topic, partition, signal, endOffset, records: [record], isCurrent: () => batch.isCurrent() };
}

function pauseAfter(attempt: number, batch: RecordBatch, { pauseMs = growingPauseMs }: DeliveryRules): Promise<void> {
  return pause(pauseMs(attempt), batch.signal);
}
