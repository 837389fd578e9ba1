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
  [errors.SESSIONS_HIDDEN({ role: 'monitor' }), 'permission', 'GRANT pg_monitor TO monitor'],
  [errors.NOT_A_SERVER({ place: 'db.example:6432' }), 'unsupported', 'Make the server behind it a target too'],
] as const)('%s is %s and says %s', (error, status, words) => {
  const explained = explainError(error, target);
  expect(explained.status).toBe(status);
  expect(explained.reason).toContain(words);
  expect(explained.reason).not.toContain('s3cret');
});

test('PgBouncer has one code for all that it refuses, and is called by its name', () => {
  const console_ = { ...target, url: new Secret('postgres://monitor:s3cret@db.example:6432/pgbouncer') };
  const refused = explainError(coded('08P01', 'not allowed'), console_);
  expect(refused).toMatchObject({ status: 'auth_failed', reason: expect.stringContaining('stats_users') as string });
  const full = explainError(coded('08P01', 'no more connections allowed (max_client_conn)'), console_);
  expect(full).toMatchObject({ status: 'unreachable', reason: expect.stringContaining('max_client_conn') as string });
  expect(explainError(coded('ECONNREFUSED'), console_).reason).toContain('Start PgBouncer');
  expect(explainError(coded('08P01', 'bad packet'), target).status).toBe('unreachable');
});
