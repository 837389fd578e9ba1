import { counter, defineMetrics, gauge, type Metric } from '@omninode/contracts';
import { planPage, type OwnSample } from './exposition/plan.js';
import { meshWideMetrics, meshWideSamples, type MeshMoment } from './mesh-wide.metrics.js';
import type { MeshHealth } from './summary/health.js';
import type { PartitionSummary } from './summary/summary.js';
import type { PartitionState } from './state/partition-state.js';

/** What an aggregator says of its own partitions. */
const ownMetrics = defineMetrics({
  omninode_system_health_status: gauge(
    'boolean',
    'Health of everything watched: 0 critical, 1 degraded, 2 healthy. Absent when it is unknown. Exposed by the owner of partition 0 only.',
  ),
  omninode_mesh_records_total: counter('records', 'Measurement records read, by what became of them.', ['outcome']),
  omninode_mesh_records_missing: gauge('records', 'Records that producers sent and that never came.'),
  omninode_mesh_records_dropped: gauge('records', 'Records that producers say they had to drop.'),
  omninode_mesh_records_lag: gauge('records', 'Records that are on the bus and not read yet.'),
  omninode_mesh_points_late_total: counter(
    'points',
    'Values older than what was known of their series; they change nothing.',
  ),
  omninode_mesh_points_rejected_total: counter('points', 'Values that were no finite number, or from the future.'),
  omninode_mesh_points_refused_total: counter('points', 'Values of series for which the limits left no room.'),
  omninode_mesh_series_resets_total: counter('events', 'Times that a counter began anew.'),
  omninode_mesh_series: gauge(
    'series',
    'Series held, by state: live, expired (hidden until they come back), refused (no room), left_out (the page would not be valid with them).',
    ['state'],
  ),
  omninode_mesh_partitions_owned: gauge('partitions', 'Partitions of the measurement topic that this process owns.'),
});

export const meshMetrics = defineMetrics({ ...ownMetrics, ...meshWideMetrics });

/** The samples of `meshMetrics` for a process that owns these partitions. `mesh`: the whole, for the owner of partition 0. */
export function meshSamples(
  states: readonly PartitionState[],
  own: readonly PartitionSummary[],
  health: MeshHealth,
  mesh?: MeshMoment,
): OwnSample[] {
  const samples: OwnSample[] = [];
  const add = (name: keyof typeof meshMetrics, value: number, labels: Record<string, string> = {}) =>
    samples.push({ name, metric: meshMetrics[name] as Metric, labels, value });
  const sum = (of: (state: PartitionState) => number) => states.reduce((total, state) => total + of(state), 0);

  const status = { critical: 0, degraded: 1, healthy: 2, unknown: undefined }[health.health];
  const speaksForAll = own.some(({ partition }) => partition === 0);
  if (status !== undefined && speaksForAll) add('omninode_system_health_status', status);
  if (mesh && speaksForAll) samples.push(...meshWideSamples(health, mesh));
  add('omninode_mesh_partitions_owned', states.length);
  for (const outcome of ['applied', 'duplicate', 'fenced', 'deadLettered', 'skipped'] as const) {
    add(
      'omninode_mesh_records_total',
      sum(({ ledger }) => ledger[outcome]),
      { outcome: outcome === 'deadLettered' ? 'dead_lettered' : outcome },
    );
  }
  add(
    'omninode_mesh_points_late_total',
    sum(({ ledger }) => ledger.latePoints),
  );
  add(
    'omninode_mesh_points_rejected_total',
    sum(({ ledger }) => ledger.rejectedPoints),
  );
  add(
    'omninode_mesh_points_refused_total',
    sum(({ ledger }) => ledger.refusedPoints),
  );
  add(
    'omninode_mesh_series_resets_total',
    sum(({ ledger }) => ledger.resets),
  );

  const total = (of: (summary: PartitionSummary) => number) => own.reduce((all, summary) => all + of(summary), 0);
  add(
    'omninode_mesh_records_missing',
    total(({ ledger }) => ledger.missing),
  );
  add(
    'omninode_mesh_records_dropped',
    total(({ ledger }) => ledger.dropped),
  );
  add(
    'omninode_mesh_records_lag',
    total(({ nextOffset, endOffset }) => Math.max(0, endOffset - nextOffset)),
  );
  for (const state of ['live', 'expired', 'refused'] as const)
    add(
      'omninode_mesh_series',
      total(({ series }) => series[state]),
      { state },
    );
  add('omninode_mesh_series', planPage(states, [], 'text').leftOut, { state: 'left_out' });
  return samples;
}
