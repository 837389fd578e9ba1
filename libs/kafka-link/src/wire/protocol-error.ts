import { createRequire } from 'node:module';

/** Error codes of Kafka's protocol that callers tell apart (https://kafka.apache.org/protocol#protocol_error_codes). */
export const protocolErrors = {
  none: 0,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  groupIdNotFound: 69,
} as const;

/** `NOT_COORDINATOR_FOR_GROUP` of 16; the bare number where kafkajs has no name for it. */
export function protocolErrorName(code: number): string {
  return knownErrors.find((known) => known.code === code)?.type ?? `error ${code}`;
}

const { errorCodes: knownErrors } = createRequire(import.meta.url)('kafkajs/src/protocol/error') as {
  errorCodes: readonly { readonly code: number; readonly type: string }[];
};
