import { contentTypes, errorCode } from '@omninode/contracts';
import type { BusPublisher, CodedError, NewRecord } from '@omninode/contracts';
import { publisherErrors } from './errors.js';
import { valueOf } from './outgoing.js';
import type { OutgoingRecord, Producer } from './outgoing.js';

export interface Route {
  readonly bus: BusPublisher;
  readonly topic: string;
  /** Longest that one publish may take, ms. */
  readonly publishTimeoutMs: number;
}

/** What became of a batch. `acknowledged` and `refused` together are its beginning; the rest was not settled. */
export interface Delivery {
  readonly acknowledged: readonly OutgoingRecord[];
  /** Records that the bus refuses for good. */
  readonly refused: readonly Refused[];
  /** Why the rest was not settled; absent when there is no rest. */
  readonly failure?: Failure;
}

export interface Refused {
  readonly record: OutgoingRecord;
  readonly error: unknown;
}

export interface Failure {
  readonly error: unknown;
}

/**
 * Sends a batch, in order. A failure that is not retryable is narrowed down by halves to the records that cause it. Unless
 * the error itself blames the record, a record is held guilty only when the bus takes another one of the batch. Refused
 * without exception, it is the bus: a missing topic, a missing right. Then nothing is refused and the failure stands.
 * `failedRounds`: how often in a row that was the end before.
 */
export async function deliver(route: Route, batch: readonly OutgoingRecord[], failedRounds: number): Promise<Delivery> {
  const acknowledged: OutgoingRecord[] = [];
  const refused: Refused[] = [];
  let suspects = 0;
  const mostSuspects = suspectsUntilTheBusIsBlamed * 2 ** Math.min(failedRounds, 4);
  const parts: (readonly OutgoingRecord[])[] = [batch];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const failure = await publish(route, part, refused);
    if (!failure) {
      acknowledged.push(...part);
    } else if (!mayLieInARecord(failure.error)) {
      return settle(acknowledged, refused, failure);
    } else if (part.length > 1) {
      const middle = part.length >> 1;
      parts.push(part.slice(middle), part.slice(0, middle));
    } else {
      refused.push({ record: part[0]!, error: failure.error });
      if (!blamesTheRecord(failure.error)) suspects += 1;
      if (acknowledged.length === 0 && suspects === mostSuspects) break;
    }
  }
  return settle(acknowledged, refused);
}

/**
 * Narrowing down a batch that is refused as a whole costs two publishes a record: a few are enough to see it. More with
 * each round that failed, so that a row of bad records does not block the others for ever.
 */
const suspectsUntilTheBusIsBlamed = 4;

function settle(acknowledged: OutgoingRecord[], refused: Refused[], failure?: Failure): Delivery {
  const firstSuspect = refused.findIndex(({ error }) => !blamesTheRecord(error));
  if (acknowledged.length > 0 || firstSuspect < 0) return { acknowledged, refused, failure };
  return { acknowledged, refused: refused.slice(0, firstSuspect), failure: { error: refused[firstSuspect]!.error } };
}

function mayLieInARecord(error: unknown): boolean {
  const { retryable, phase } = (error ?? {}) as Partial<CodedError>;
  return retryable === false && phase !== 'configuration' && phase !== 'connection';
}

/** Errors about what a record is: the transports' codes for its size end alike. */
function blamesTheRecord(error: unknown): boolean {
  return (error as Partial<CodedError> | null)?.phase === 'input' || errorCode(error).endsWith('RECORD_TOO_LARGE');
}

/** Resolves to the failure, if any. */
async function publish(
  route: Route,
  records: readonly OutgoingRecord[],
  refused: readonly Refused[],
): Promise<Failure | undefined> {
  const { bus, topic, publishTimeoutMs } = route;
  const settled = new AbortController();
  try {
    const published = bus.publish(records.map((record) => toBusRecord(topic, record, refused)));
    await Promise.race([published, expiry(publishTimeoutMs, settled.signal)]);
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    settled.abort();
  }
}

const headers = { 'content-type': contentTypes.columns };

/** When the bus takes a close record, what it refused before it is guilty and dropped: the close record counts it already. */
function toBusRecord(topic: string, record: OutgoingRecord, refused: readonly Refused[]): NewRecord {
  const alsoDropped = record.kind === 'close' ? refused.filter((one) => isLossOf(record.producer, one)).length : 0;
  return { topic, key: record.producer.entity, value: valueOf(record, alsoDropped), headers };
}

function isLossOf(producer: Producer, { record }: Refused): boolean {
  return record.producer === producer && !record.isCopy;
}

/**
 * Rejects after the time. A publish that was given up may still arrive: its records are sent again with the numbers that
 * they have, and readers skip what they have seen.
 */
function expiry(timeoutMs: number, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(publisherErrors.PUBLISH_TIMED_OUT({ timeoutMs })), timeoutMs);
    timer.unref();
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}
