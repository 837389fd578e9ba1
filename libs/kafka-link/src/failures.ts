import type { CodedError } from '@omninode/contracts';
import { kafkaErrors } from './errors.js';

interface KafkaJsError {
  readonly name?: string;
  readonly message?: string;
  readonly type?: string;
  readonly retriable?: boolean;
  readonly code?: string;
  readonly cause?: unknown;
  readonly originalError?: unknown;
}

/**
 * A kafkajs failure in our own terms, with kafkajs' error as the cause. `topic` names what the request was about.
 * kafkajs wraps: `KafkaJSNumberOfRetriesExceeded` hides the reason in `cause`.
 */
export function asKafkaError(failure: unknown, about: { brokers: readonly string[]; topic?: string }): CodedError {
  const error = innermost(failure);
  const brokers = about.brokers.join(', ');
  const topic = about.topic ?? brokers;
  const detail = error.type ?? error.message ?? error.name ?? 'no reason given';
  if (error.name === 'KafkaJSSASLAuthenticationError')
    return kafkaErrors.KAFKA_AUTH_FAILED({ brokers, detail }, failure);
  if (/certificate|SSL|TLS/i.test(error.message ?? ''))
    return kafkaErrors.KAFKA_TLS_FAILED({ brokers, detail }, failure);
  if (error.type === 'UNKNOWN_TOPIC_OR_PARTITION') return kafkaErrors.KAFKA_TOPIC_UNKNOWN({ topic }, failure);
  if (error.type === 'MESSAGE_TOO_LARGE' || error.type === 'RECORD_LIST_TOO_LARGE') {
    return kafkaErrors.KAFKA_RECORD_TOO_LARGE({ topic, bytes: 'too many', limit: 'max.message.bytes' }, failure);
  }
  if (isConnectionFailure(error)) return kafkaErrors.KAFKA_UNREACHABLE({ brokers, detail }, failure);
  return error.retriable === false
    ? kafkaErrors.KAFKA_REFUSED({ topic, detail }, failure)
    : kafkaErrors.KAFKA_NOT_NOW({ topic, detail }, failure);
}

/** Whether a failure comes from kafkajs; what a subscriber threw is none of ours to rename. */
export function isKafkaFailure(failure: unknown): boolean {
  return (failure as KafkaJsError | undefined)?.name?.startsWith('KafkaJS') ?? false;
}

const connectionFailures = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
]);

function isConnectionFailure(error: KafkaJsError): boolean {
  return (
    connectionFailures.has(error.name ?? '') ||
    /ECONN|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH/.test(error.code ?? error.message ?? '')
  );
}

function innermost(failure: unknown): KafkaJsError {
  let error = failure as KafkaJsError;
  for (let depth = 0; depth < 5; depth++) {
    const next = (error.cause ?? error.originalError) as KafkaJsError | undefined;
    if (!next || typeof next !== 'object') break;
    error = next;
  }
  return error;
}
