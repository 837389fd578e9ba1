import { CodedError, errorCode } from '@omninode/contracts';
import type { Explanation } from '@omninode/collector-kit';
import type { KafkaTarget } from './kafka-target.js';

/** What an error means to whoever runs the cluster: the family's status, what is the matter and what to do. */
export function explainError(error: unknown, target: KafkaTarget): Explanation {
  const code = errorCode(error);
  const explain = explanations[code];
  if (explain) return explain(target, detailOf(error));
  if (error instanceof CodedError) return { status: 'degraded', reason: error.message };
  const place = placesOf(target);
  return {
    status: 'degraded',
    reason: `Kafka at ${place} answered with something that we can not read (${code}). Report this with the version of its brokers.`,
  };
}

type Explain = (target: KafkaTarget, detail: string) => Explanation;

const explanations: Readonly<Record<string, Explain>> = {
  KAFKA_UNREACHABLE: (target, detail) => ({ status: 'unreachable', reason: unreachable(target, detail) }),
  KAFKA_NOT_NOW: (target, detail) => ({ status: 'unreachable', reason: unreachable(target, detail) }),
  KAFKA_BROKER_SILENT: (target) => ({
    status: 'timed_out',
    reason: `No broker of ${placesOf(target)} answers in time. See what they are busy with, or whether they hang.`,
  }),
  KAFKA_AUTH_FAILED: (target, detail) => ({
    status: 'auth_failed',
    reason: `Kafka at ${placesOf(target)} refused the login${of(target)} (${detail}). Check mechanism, user and password of the target.`,
  }),
  KAFKA_REFUSED: (target, detail) => ({
    status: target.login ? 'auth_failed' : 'degraded',
    reason: `Kafka at ${placesOf(target)} refused the connection${of(target)} (${detail}). Check mechanism and user of the target.`,
  }),
  KAFKA_TLS_FAILED: (target, detail) => ({
    status: 'unreachable',
    reason: `TLS with Kafka at ${placesOf(target)} could not be agreed on (${detail}). Check caFile of the target, and the certificates of the brokers.`,
  }),
  KAFKA_REQUEST_UNKNOWN: (_, message) => ({ status: 'unsupported', reason: message }),
  TLS_FILE_UNREADABLE: (_, message) => ({ status: 'unreachable', reason: message }),
};

function unreachable(target: KafkaTarget, detail: string): string {
  const place = placesOf(target);
  if (detail.includes('ECONNREFUSED'))
    return `Nothing listens at ${place}. Start the brokers, or correct host and port. (ECONNREFUSED)`;
  if (/ENOTFOUND|EAI_AGAIN/.test(detail))
    return `The hosts of ${place} are not known. Correct the names, or see to the DNS. (${detail})`;
  // A broker without TLS closes what it can't read, and one with a login closes what comes without: it never says why.
  if (/closed/i.test(detail))
    return `Kafka at ${place} closed the connection without an answer: mostly it expects ${expected(target)}. (${detail})`;
  if (/timeout/i.test(detail)) return `Nothing answers at ${place}. Check hosts, ports and firewall. (${detail})`;
  return `No broker of ${place} can be reached (${detail}). Check hosts, ports and firewall.`;
}

function expected({ tls, login }: KafkaTarget): string {
  if (!tls && !login) return 'TLS (kafka+ssl://) or a login (user and password)';
  if (!tls) return 'TLS (kafka+ssl://)';
  return login ? 'another mechanism' : 'a login (user and password)';
}

const placesOf = ({ brokers }: KafkaTarget) => brokers.join(', ');
const of = ({ login }: KafkaTarget) => (login ? ` of user ${login.username}` : '');

/** What kafkajs said, as `asKafkaError` found it; else our own message. */
function detailOf(error: unknown): string {
  const { fields, message } = error as CodedError;
  const detail = fields?.['detail'];
  return detail === undefined ? message : String(detail);
}
