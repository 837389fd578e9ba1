import { CodedError, errorCode } from '@omninode/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors } from '../errors.js';
import type { IntakeOutcome } from './intake.metrics.js';
import type { RefusedRecord } from './refused-record.js';
import { requestTypes } from './request-types.js';

interface Answer {
  readonly status: number;
  readonly outcome: IntakeOutcome;
  readonly headers?: Readonly<Record<string, string>>;
}

const realm = 'Bearer realm="omninode-mesh"';
const comeBack = { 'retry-after': '2' };

/** By the code of the error. */
const answers: Readonly<Record<string, Answer>> = {
  TOKEN_MISSING: { status: 401, outcome: 'unauthorized', headers: { 'www-authenticate': realm } },
  TOKEN_INVALID: {
    status: 401,
    outcome: 'unauthorized',
    headers: { 'www-authenticate': `${realm}, error="invalid_token"` },
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    outcome: 'malformed',
    headers: { accept: Object.values(requestTypes).join(', '), 'accept-encoding': 'identity' },
  },
  REQUEST_MALFORMED: { status: 400, outcome: 'malformed' },
  RECORDS_REFUSED: { status: 400, outcome: 'refused' },
  BODY_TOO_LARGE: { status: 413, outcome: 'too_large' },
  RECORD_TOO_LARGE: { status: 413, outcome: 'too_large' },
  BUS_BUSY: { status: 429, outcome: 'busy', headers: comeBack },
  BUS_UNAVAILABLE: { status: 503, outcome: 'unavailable', headers: comeBack },
};

/** The answer shows no more mistakes than this: a request has room for a million. */
const mostShown = 100;

/** Answers a request that is not taken, and says what became of it. */
export function refuse(reply: FastifyReply, error: unknown, refused?: readonly RefusedRecord[]): IntakeOutcome {
  const coded = foreseen(error, reply.request);
  const { status, outcome, headers = {} } = (coded && answers[coded.code]) ?? { status: 500, outcome: 'failed' };
  const told =
    outcome === 'failed' || !coded
      ? { code: 'INTERNAL_SERVER_ERROR', message: 'Something failed here; the log of this process says what.' }
      : { code: coded.code, message: coded.message };
  void reply
    .status(status)
    .headers(headers)
    .type('application/json')
    .send({ error: told, ...(refused && { records: refused.slice(0, mostShown) }) });
  return outcome;
}

/** Fastify's own errors in our words. */
function foreseen(error: unknown, request: FastifyRequest): CodedError | undefined {
  if (error instanceof CodedError) return error;
  const code = errorCode(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return errors.BODY_TOO_LARGE({ limit: request.server.initialConfig.bodyLimit ?? 0 });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupported(request.headers['content-type']);
  const { statusCode = 500 } = error as { statusCode?: number };
  return statusCode >= 400 && statusCode < 500 ? errors.REQUEST_MALFORMED({ code }) : undefined;
}

export function unsupported(given = 'nothing'): CodedError {
  return errors.UNSUPPORTED_MEDIA_TYPE({ types: Object.values(requestTypes).join(', '), given: given.slice(0, 100) });
}
