import type { FastifyReply } from 'fastify';

/** For answers that Fastify does not send itself. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** Tells browsers to run nothing of an answer, to guess nothing about it and to keep nothing of it, unless the route says otherwise. */
export function secure(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(securityHeaders)) if (!reply.hasHeader(name)) reply.header(name, value);
}
