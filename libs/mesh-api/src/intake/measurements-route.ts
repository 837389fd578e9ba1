import { Buffer } from 'node:buffer';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { errors } from '../errors.js';
import { refuse, unsupported } from './answer.js';
import { checkRecords } from './check-records.js';
import type { Gate } from './gate.js';
import { publish, type PublishOptions } from './publish.js';
import { readRequest } from './read-request.js';
import type { RefusedRecord } from './refused-record.js';
import { requestTypes } from './request-types.js';

export interface MeasurementsRouteOptions extends PublishOptions {
  readonly gate: Gate;
  /** Told of what nobody foresaw. */
  onFailure(error: unknown): void;
}

/**
 * `POST /api/v1/measurements`: measurements for services that have no Kafka. 202 once the bus has acknowledged the records with
 * the sender's own bytes; all of a request or nothing of it. A part of Fastify and no controller, because it wants the bytes of
 * JSON where other routes want the object, and looks at the token before it reads a body.
 */
export function measurementsRoute({ gate, onFailure, ...publishing }: MeasurementsRouteOptions): FastifyPluginCallback {
  const { tally } = publishing;
  return (scope, _options, done) => {
    const senders = new WeakMap<FastifyRequest, string>();
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(Object.values(requestTypes), { parseAs: 'buffer' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.setErrorHandler((error, _request, reply) => {
      const outcome = refuse(reply, error);
      tally.request(outcome);
      if (outcome === 'failed') onFailure(error);
    });
    scope.addHook('onRequest', (request, _reply, next) => {
      const token = gate.admit(request.headers.authorization);
      if (token !== undefined) senders.set(request, token);
      const { 'content-encoding': encoding = 'identity' } = request.headers;
      next(encoding === 'identity' ? undefined : unsupported(`content-encoding ${encoding}`));
    });
    scope.post('/api/v1/measurements', async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const read = readRequest({ body, headers: request.headers });
      const { records, refused } = checkRecords(read.records);
      const mistakes = [...read.refused, ...refused].sort((a, b) => a.index - b.index);
      if (mistakes.length > 0) return answerMistakes(reply, mistakes);
      await publish(records, publishing);
      tally.request('accepted');
      tally.accepted(records.length, senders.get(request));
      return reply.status(202).send({ accepted: records.length });
    });
    done();
  };

  function answerMistakes(reply: FastifyReply, mistakes: readonly RefusedRecord[]): FastifyReply {
    for (const { code } of mistakes) tally.refusedRecord(code);
    const count = mistakes.length === 1 ? 'One mistake was' : `${mistakes.length} mistakes were`;
    tally.request(refuse(reply, errors.RECORDS_REFUSED({ count }), mistakes));
    return reply;
  }
}
