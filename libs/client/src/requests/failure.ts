import type { RequestStatus } from '@omninode/contracts';

/** How a request ended that threw. */
export interface Failure {
  readonly status: RequestStatus;
  /** Name of the error's class, or its code where the class says nothing. Never its message: that may hold anything. */
  readonly errorType: string;
}

/** `signal`: the one that the request was given; what is thrown after it aborted is its doing. */
export function failureOf(error: unknown, signal?: AbortSignal): Failure {
  try {
    const { name, code } = namesOf(error);
    return { status: statusOf(name, code, signal), errorType: errorTypeOf(name, code) };
  } catch {
    // An error whose fields throw when they are read is still an error.
    return { status: 'failure', errorType: 'unreadable' };
  }
}

interface Names {
  readonly name: string;
  readonly code: string;
}

function namesOf(given: unknown): Names {
  if (typeof given !== 'object' || given === null)
    return { name: `thrown_${given === null ? 'null' : typeof given}`, code: '' };
  const error = reasonOf(given);
  const { name, code, type, message, isTaskCancelledError } = error as Readonly<Record<string, unknown>>;
  // cockatiel's timeout policy and pg's pool throw errors whose name is just Error and which have no code.
  if (isTaskCancelledError === true) return { name: 'TaskCancelledError', code: '' };
  if (poolTimeouts.has(message)) return { name: 'PoolTimeoutError', code: '' };
  const text = typeof name === 'string' && isName.test(name) ? name : (error.constructor?.name ?? '');
  const known = text === kafkaAnswer ? type : code;
  return { name: text || 'Error', code: typeof known === 'string' && isName.test(known) ? known : '' };
}

/** kafkajs says that its retries are used up, and keeps why below. */
function reasonOf(error: object): object {
  const { name, cause } = error as Error;
  return name === 'KafkaJSNumberOfRetriesExceeded' && typeof cause === 'object' && cause !== null ? cause : error;
}

/** What kafkajs calls all that brokers answer; the kind of answer is the error's `type`. */
const kafkaAnswer = 'KafkaJSProtocolError';

/** Source: https://github.com/brianc/node-postgres/blob/master/packages/pg-pool/index.js */
const poolTimeouts = new Set<unknown>([
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
]);

/** What a class or a code is called; anything else may hold ids and texts, and is no label. */
const isName = /^\w[\w.]{0,63}$/;

function errorTypeOf(name: string, code: string): string {
  return code !== '' && saysNothing.has(name) ? code : name;
}

/** `error` is what pg calls its own. */
const saysNothing = new Set(['Error', 'error', 'AggregateError', 'Object', 'SystemError', kafkaAnswer]);

function statusOf(name: string, code: string, signal?: AbortSignal): RequestStatus {
  if (signal?.aborted) return namesOf(signal.reason).name === 'TimeoutError' ? 'timeout' : 'cancelled';
  if (isTimeout(name) || isTimeout(code)) return 'timeout';
  return name === 'AbortError' || code === 'ABORT_ERR' ? 'cancelled' : 'failure';
}

/** `TimeoutError`, `KafkaJSRequestTimeoutError`, `TaskCancelledError`, `ETIMEDOUT`, `UND_ERR_CONNECT_TIMEOUT`, `REQUEST_TIMED_OUT`. */
function isTimeout(text: string): boolean {
  return text === 'TaskCancelledError' || /Timeout(?:Error|Exception)?$|TIMED_?OUT|TIMEOUT/.test(text);
}
