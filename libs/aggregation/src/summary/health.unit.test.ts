import type { FamilyStatus } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { meshHealth } from './health.js';
import type { PartitionSummary } from './summary.js';

const nowMs = 1_000_000;
const limits = { targetStaleMs: 60_000, summaryStaleMs: 30_000, partitions: 1 };

test('a target whose families are all ok is healthy', () => {
  const { health, reasons } = meshHealth([summary('ok')], nowMs, limits);
  expect({ health, reasons }).toEqual({ health: 'healthy', reasons: [] });
});

test.each<[FamilyStatus, string]>([
  ['unreachable', 'critical'],
  ['auth_failed', 'unknown'],
  ['permission', 'degraded'],
  ['degraded', 'degraded'],
  ['unsupported', 'healthy'],
  ['skipped', 'healthy'],
  ['timed_out', 'critical'],
])('availability that is %s makes its target %s', (status, expected) => {
  expect(meshHealth([summary(status)], nowMs, limits).health).toBe(expected);
});

test('what a target cannot answer is a note, not an illness', () => {
  expect(meshHealth([summary('unsupported')], nowMs, limits).targets[0]?.notes).toEqual(['availability: because']);
});

test('silence of a target is unknown, however well it was before', () => {
  const { health, reasons } = meshHealth([summary('ok', { lastDataMs: nowMs - 61_000 })], nowMs, limits);
  expect(health).toBe('unknown');
  expect(reasons[0]?.reason).toBe('No data for 61 s: is its collector running?');
});

test('a partition that nobody reads is a blind spot', () => {
  expect(meshHealth([summary('ok', { atMs: nowMs - 31_000 })], nowMs, limits).health).toBe('unknown');
  expect(meshHealth([summary('ok')], nowMs, { ...limits, partitions: 2 }).health).toBe('unknown');
});

test('a mesh without targets is unknown, not healthy', () => {
  expect(meshHealth([{ ...summary('ok'), targets: [] }], nowMs, limits).health).toBe('unknown');
});

test('records that never came make the mesh degraded', () => {
  const base = summary('ok');
  const { health } = meshHealth([{ ...base, ledger: { ...base.ledger, missing: 2 } }], nowMs, limits);
  expect(health).toBe('degraded');
});

test('records that may have been overtaken on their way are no reason to worry', () => {
  const base = summary('ok');
  const missing = { ...base, ledger: { ...base.ledger, missing: 2 } };
  expect(meshHealth([{ ...missing, overdue: 0 }], nowMs, limits).health).toBe('healthy');
  expect(meshHealth([{ ...missing, overdue: 1 }], nowMs, limits).health).toBe('degraded');
});

function summary(status: FamilyStatus, at: { lastDataMs?: number; atMs?: number } = {}): PartitionSummary {
  return {
    version: 1,
    partition: 0,
    owner: 'aggregator-1',
    atMs: at.atMs ?? nowMs,
    nextOffset: 10,
    endOffset: 10,
    ledger: {
      received: 10,
      applied: 10,
      duplicate: 0,
      fenced: 0,
      deadLettered: 0,
      skipped: 0,
      unverified: 0,
      missing: 0,
      dropped: 0,
      latePoints: 0,
      rejectedPoints: 0,
    },
    gaps: [],
    series: { live: 1, expired: 0, refused: 0 },
    targets: [
      {
        id: 'orders-db',
        kind: 'database',
        lastDataMs: at.lastDataMs ?? nowMs,
        families: [{ family: 'availability', status, reason: status === 'ok' ? '' : 'because', sinceMs: nowMs }],
      },
    ],
  };
}
