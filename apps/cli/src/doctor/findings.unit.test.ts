import type { FamilyStatus } from '@omninode/contracts';
import { Secret } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import { exitCodeOf, findingsOf } from './findings.js';

const target = {
  id: 'orders',
  kind: 'database',
  url: new Secret('postgres://app:hunter2@db:5432/shop'),
  labels: {},
  options: {},
} as const;

test.each<[boolean, FamilyStatus[], keyof typeof exitCodeOf, number]>([
  [true, ['ok', 'ok'], 'ok', 0],
  [true, ['ok', 'permission'], 'missing', 1],
  [true, ['unsupported', 'unsupported'], 'missing', 1],
  [true, ['unreachable', 'ok'], 'missing', 1],
  [true, ['unreachable', 'unreachable'], 'unreachable', 2],
  [false, ['auth_failed', 'auth_failed'], 'unreachable', 2],
])('connected: %s, families %j: %s, exit code %s', (isConnected, statuses, verdict, exitCode) => {
  const findings = findingsOf(target, { isConnected, families: statuses.map((status) => reading(status, '')) });
  expect([findings.verdict, exitCodeOf[findings.verdict]]).toEqual([verdict, exitCode]);
  expect(findings.address).toBe('db:5432/shop');
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test.each([
  ['', '', ''],
  ['It is full.', 'It is full.', ''],
  [
    'Nothing listens at 127.0.0.1:5432. Start PostgreSQL, or correct it. (ECONNREFUSED)',
    'Nothing listens at 127.0.0.1:5432.',
    'Start PostgreSQL, or correct it. (ECONNREFUSED)',
  ],
  ['User app may not run info. Run ACL SETUSER app +info.', 'User app may not run info.', 'Run ACL SETUSER app +info.'],
])('%s', (reason, missing, fix) => {
  const { families } = findingsOf(target, { isConnected: true, families: [reading('permission', reason)] });
  expect(families[0]).toMatchObject({ missing, fix });
});

function reading(status: FamilyStatus, reason: string) {
  return { family: 'statements', status, reason, durationMs: 1, roundTrips: 1, measurements: 3 };
}
