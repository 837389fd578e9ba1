import { CodedError } from '@omninode/contracts';
import type { FastifyReply } from 'fastify';

interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const realm = 'Bearer realm="omninode-mesh"';

/** By the code of the error. */
const refusals: Readonly<Record<string, Refusal>> = {
  ACCESS_TOKEN_MISSING: { status: 401, headers: { 'www-authenticate': realm } },
  TOKEN_INVALID: { status: 401, headers: { 'www-authenticate': `${realm}, error="invalid_token"` } },
  ACCESS_DENIED: { status: 403 },
  ADMIN_NOT_CONFIGURED: { status: 403 },
  ENTITY_REQUIRED: { status: 403 },
  REQUEST_FORGED: { status: 403 },
  HOST_UNEXPECTED: { status: 403 },
  QUERY_TOO_LONG: { status: 414 },
  TOO_MANY_REQUESTS: { status: 429, headers: { 'retry-after': '1' } },
};

/** Answers a request that may not go on. What is none of our refusals is thrown. */
export function refuseAccess(reply: FastifyReply, error: unknown): void {
  const refusal = error instanceof CodedError ? refusals[error.code] : undefined;
  if (!refusal) throw error;
  const { code, message } = error as CodedError;
  void reply
    .status(refusal.status)
    .headers(refusal.headers ?? {})
    .type('application/json')
    .send({ error: { code, message } });
}
