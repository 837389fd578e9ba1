import { Secret } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import { errors } from '../errors.js';
import { explainError } from './explain-error.js';

const target = { id: 'orders', url: new Secret('postgres://monitor:s3cret@db.example:5433/orders'), labels: {} };
const coded = (code: string, message = 'as the server says') =>
  Object.assign(new Error(message), { code, severity: 'FATAL' });

test.each([
  [coded('28P01'), 'auth_failed', 'role monitor'],
  [coded('28000'), 'auth_failed', 'pg_hba.conf'],
  [coded('3D000'), 'unreachable', 'no database orders at db.example:5433'],
  [coded('53300'), 'unreachable', 'max_connections'],
  [coded('57P03'), 'unreachable', 'starting up'],
  [coded('57P01'), 'unreachable', 'stopped'],
  [coded('08006'), 'unreachable', 'cut off'],
  [coded('57014'), 'timed_out', 'statement_timeout'],
  [coded('55P03'), 'timed_out', 'pg_locks'],
  [coded('42501'), 'permission', 'GRANT pg_monitor TO monitor'],
  [coded('42P01'), 'unsupported', 'does not know'],
  [coded('XX000', 'could not read block 7'), 'degraded', 'could not read block 7'],
  [coded('ECONNREFUSED'), 'unreachable', 'Nothing listens at db.example:5433'],
  [coded('ENOTFOUND'), 'unreachable', 'DNS'],
  [coded('ECONNRESET'), 'unreachable', 'cut off'],
  [new Error('Connection terminated unexpectedly'), 'unreachable', 'cut off'],
  [new Error('timeout expired'), 'unreachable', 'firewall'],
  [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'auth_failed', 'holds none'],
  [new Error('The server does not support SSL connections'), 'unreachable', 'sslmode'],
  [coded('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'), 'unreachable', 'sslmode'],
  [errors.STATEMENTS_NOT_CREATED({ database: 'orders' }), 'unsupported', 'CREATE EXTENSION'],
  [errors.STATEMENTS_HIDDEN({ role: 'monitor' }), 'permission', 'GRANT pg_monitor TO monitor'],
  [errors.SERVER_TOO_OLD({ version: 13 }), 'unsupported', 'older than 14'],
] as const)('%s is %s and says %s', (error, status, words) => {
  const explained = explainError(error, target);
  expect(explained.status).toBe(status);
  expect(explained.reason).toContain(words);
  expect(explained.reason).not.toContain('s3cret');
});
