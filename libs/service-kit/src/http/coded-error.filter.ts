import { STATUS_CODES } from 'node:http';
import { Catch, HttpException } from '@nestjs/common';
import { CodedError } from '@omninode/contracts';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../log/logger.js';

/** Every failed request is answered with `{ error: { code, message } }`; what failed on our side is also logged. */
@Catch()
export class CodedErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { status } = answerTo(error);
    if (status >= 500) {
      this.logger.error('A request failed.', {
        method: request.method,
        path: request.url.split('?')[0],
        status,
        error,
      });
    }
    if (reply.sent || reply.raw.headersSent) {
      // Half of a response is out; cutting it is the only way to say that the rest will not come.
      reply.raw.destroy();
      return;
    }
    sendAnswer(reply, error);
  }
}

/** The answer that tells of an error. */
export function sendAnswer(reply: FastifyReply, error: unknown): void {
  const { status, code, message } = answerTo(error);
  void reply.status(status).type('application/json').send({ error: { code, message } });
}

/** `404` → `NOT_FOUND`. */
export function codeOfStatus(status: number): string {
  return (STATUS_CODES[status] ?? 'ERROR').toUpperCase().replace(/[^A-Z]+/g, '_');
}

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

function answerTo(error: unknown): Answer {
  if (error instanceof CodedError) {
    const status = error.phase === 'input' ? 400 : error.retryable ? 503 : 500;
    return { status, code: error.code, message: error.message };
  }
  const status = statusOf(error);
  // The message of an error that nobody foresaw may hold anything; it goes to the log only.
  if (status >= 500 && !(error instanceof HttpException)) {
    return { status, code: codeOfStatus(status), message: 'Something failed here; the log of this process says what.' };
  }
  return { status, code: codeOfHttpException(error) ?? codeOfStatus(status), message: (error as Error).message };
}

/** Fastify's own errors (malformed JSON, a body that is too large) carry a status, too. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function codeOfHttpException(error: unknown): string | undefined {
  if (!(error instanceof HttpException)) return undefined;
  const body = error.getResponse();
  const code = typeof body === 'object' ? (body as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
