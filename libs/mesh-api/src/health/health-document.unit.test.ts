import type { MeshHealth } from '@omninode/aggregation';
import { expect, test } from 'vitest';
import { SampleView, sampleNowMs } from '../testing/api-service.js';
import { healthDocument, healthJsonDocument } from './health-document.js';

const health = (word: MeshHealth['health']): MeshHealth => ({
  health: word,
  reasons: word === 'healthy' ? [] : [{ component: 'service/shop', health: word, reason: 'Because.', sinceMs: 0 }],
  targets: [
    {
      id: 'a',
      kind: 'cache',
      health: 'healthy',
      lastDataMs: sampleNowMs - 7_000,
      reasons: [],
      notes: [],
      families: [],
    },
    { id: 'b', kind: 'cache', health: 'unknown', lastDataMs: 0, reasons: [], notes: [], families: [] },
  ],
});

test.each([
  ['healthy', 'healthy', 2, 'healthy', 1, 'pass'],
  ['degraded', 'degraded', 1, 'degraded', 0.5, 'warn'],
  ['critical', 'critical', 0, 'unhealthy', 0, 'fail'],
  ['unknown', 'unknown', null, 'unknown', null, 'fail'],
] as const)('%s on each scale: %s %s, %s %s, %s', (word, ours, ourNumber, theirs, theirNumber, status) => {
  const on = (scale: 'document' | 'platform') => healthDocument(health(word), [], sampleNowMs, scale);
  expect([on('document').system_health, on('document').system_health_status]).toEqual([ours, ourNumber]);
  expect([on('platform').system_health, on('platform').system_health_status]).toEqual([theirs, theirNumber]);
  expect(healthJsonDocument(health(word), sampleNowMs).status).toBe(status);
});

test('it says how old the data is, and of what is no target only that which is not healthy', () => {
  const { data, components } = healthDocument(health('critical'), new SampleView().summaries(), sampleNowMs);
  expect(data).toEqual({
    newest_at: '2026-11-24T09:59:53.000Z',
    age_seconds: 7,
    oldest_summary_at: '2026-11-24T10:00:00.000Z',
  });
  expect(components).toEqual({
    'cache/a': { health: 'healthy', last_data_at: '2026-11-24T09:59:53.000Z' },
    'cache/b': { health: 'unknown' },
    'service/shop': { health: 'critical' },
  });
});

test('without any data there is no age, which is not 0', () => {
  const none = { ...health('unknown'), targets: [] };
  expect(healthDocument(none, [], sampleNowMs).data).toEqual({
    newest_at: null,
    age_seconds: null,
    oldest_summary_at: null,
  });
});
