import { errorCode } from '@omninode/contracts';

/** What could not be processed, as it came. */
export interface PoisonRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface Failure {
  readonly error: unknown;
  readonly attempts: number;
  readonly requestId: string;
  readonly atMs: number;
}

export interface DeadLetter {
  readonly topic: string;
  readonly messages: [
    { readonly key: Buffer | null; readonly value: string; readonly headers: Record<string, string> },
  ];
}

/**
 * The two dialects of dead letters that the platform speaks today: what could not be read lies in `<topic>-dlq` in the older form,
 * what could not be processed in `onex.dlq.…` in the newer one.
 */
export const deadLetterTopics = {
  unreadable: (topic: string) => `${topic}-dlq`,
  unprocessed: 'onex.dlq.omninode-bridge.hooks.v1',
} as const;

export function unreadable(record: PoisonRecord, failure: Failure): DeadLetter {
  const value = {
    original_topic: record.topic,
    original_key: text(record.key),
    original_data: text(record.value),
    failure_reason: reasonOf(failure),
    failure_timestamp: timeOf(failure),
    retry_attempts: failure.attempts,
  };
  return letterOf(deadLetterTopics.unreadable(record.topic), record, failure, value);
}

export function unprocessed(record: PoisonRecord, failure: Failure): DeadLetter {
  const value = {
    original_topic: record.topic,
    original_message: {
      key: text(record.key),
      value: text(record.value),
      offset: record.offset,
      partition: record.partition,
    },
    failure_reason: reasonOf(failure),
    failure_timestamp: timeOf(failure),
    correlation_id: failure.requestId,
    retry_count: failure.attempts,
    error_type: errorCode(failure.error),
  };
  return letterOf(deadLetterTopics.unprocessed, record, failure, value);
}

function letterOf(topic: string, { key, topic: from }: PoisonRecord, failure: Failure, value: object): DeadLetter {
  const headers = {
    original_topic: from,
    failure_reason: reasonOf(failure),
    failure_timestamp: timeOf(failure),
    event_type: 'dlq_message',
  };
  return { topic, messages: [{ key, value: JSON.stringify(value), headers }] };
}

function reasonOf({ error }: Failure): string {
  return (error as Error).message;
}

function timeOf({ atMs }: Failure): string {
  return new Date(atMs).toISOString();
}

function text(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('utf8');
}
