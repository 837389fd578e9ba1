import {
  applicationCacheMetrics,
  breakerMetrics,
  poolMetrics,
  producerMetrics,
  requestMetrics,
} from '@omninode/contracts';
import { expect, test } from 'vitest';
import { areaFilter, areaNames } from './areas.js';

const vocabularies = {
  database: poolMetrics,
  kafka: producerMetrics,
  cache: applicationCacheMetrics,
  breakers: breakerMetrics,
  requests: requestMetrics,
};
const vocabulary = Object.entries(vocabularies).flatMap(([area, metrics]) =>
  Object.keys(metrics).map((name) => [name, area] as const),
);

test.each<readonly [name: string, area: string]>([
  ...vocabulary,
  ['omninode_dead_letter_messages_total', 'kafka'],
  ['omninode_kafka_consumer_group_lag_messages', 'kafka'],
  ['omninode_memory_usage_bytes', 'cache'],
  ['omninode_circuit_breaker_trips_total', 'breakers'],
  ['omninode_requests_total', 'requests'],
  ['omninode_tuner_decisions_total', 'tuner'],
])('%s stands on the page of %s and on no other', (name, area) => {
  expect(areaNames().filter((each) => areaFilter(each)?.(name))).toEqual([area]);
});

test('what the mesh says of itself has no area', () => {
  expect(areaNames().some((each) => areaFilter(each)?.('omninode_mesh_records_total'))).toBe(false);
});

test('redis is another name of the cache', () => {
  expect(areaFilter('redis')?.('omninode_cache_hits_total')).toBe(true);
  expect(areaFilter('redis')?.('omninode_database_size_bytes')).toBe(false);
});
