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
  const limits = { targetStaleMs: 60_000, summaryStaleMs: 15_000, partitions: 2 };
  const mesh = { summaries: [summary], limits, nowMs: 120_001 };
  const target = { id: 'db', kind: 'database', lastDataMs: 1, families: [], reasons: [], notes: [] };
  const health = { health: 'degraded', reasons: [], targets: [{ ...target, health: 'unknown' }] } as const;
  const samples = meshSamples([state], [summary], health, mesh);
  const said = new Set(samples.map(({ name }) => name));
  const valueOf = (name: string) => samples.find((sample) => sample.name === name)?.value;
  expect(valueOf('omninode_mesh_partitions_silent')).toBe(2);
  expect(valueOf('omninode_mesh_target_data_age_seconds')).toBe(120);
  expect(valueOf('omninode_mesh_targets_silent_ratio')).toBe(1);
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
