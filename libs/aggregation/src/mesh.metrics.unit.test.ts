import { metricProblems, type Metric } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { meshMetrics, meshSamples } from './mesh.metrics.js';
import { PartitionState } from './state/partition-state.js';
import { summarize } from './summary/summarize.js';

test('every name is well formed', () => {
  expect(Object.entries(meshMetrics).flatMap(([name, metric]) => metricProblems(name, metric as Metric))).toEqual([]);
});

test('every metric is said by an aggregator that owns partition 0', () => {
  const state = new PartitionState({ series: 10, seriesPerEntity: 10 });
  const summary = summarize(state, { partition: 0, owner: 'a', endOffset: 0, atMs: 1, expiryMs: 1 });
  const said = new Set(
    meshSamples([state], [summary], { health: 'degraded', reasons: [], targets: [] }).map(({ name }) => name),
  );
  expect([...said].sort()).toEqual(Object.keys(meshMetrics).sort());
});

test('unknown health is absent, and another owner says it once', () => {
  const state = new PartitionState({ series: 10, seriesPerEntity: 10 });
  const names = (partition: number, health: 'unknown' | 'healthy') =>
    meshSamples([state], [summarize(state, { partition, owner: 'a', endOffset: 0, atMs: 1, expiryMs: 1 })], {
      health,
      reasons: [],
      targets: [],
    }).map(({ name }) => name);
  expect(names(0, 'unknown')).not.toContain('omninode_system_health_status');
  expect(names(1, 'healthy')).not.toContain('omninode_system_health_status');
});
