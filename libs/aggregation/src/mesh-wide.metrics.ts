import { counter, defineMetrics, gauge, type Metric } from '@omninode/contracts';
import type { OwnSample } from './exposition/plan.js';
import type { HealthLimits } from './summary/health-rules.js';
import type { MeshHealth } from './summary/health.js';
import type { Health } from './summary/reason.js';
import type { PartitionSummary } from './summary/summary.js';

const byOwnerOfZero = 'Exposed by the owner of partition 0 only.';

/** What the mesh as a whole says of itself, from the summaries of all partitions. */
export const meshWideMetrics = defineMetrics({
  omninode_mesh_watchdog: gauge(
    'boolean',
    `Always 1: where it is missing, or the alert on it, somebody has to look. ${byOwnerOfZero}`,
  ),
  omninode_mesh_partitions: gauge('partitions', `Partitions of the measurement topic. ${byOwnerOfZero}`),
  omninode_mesh_partitions_silent: gauge(
    'partitions',
    `Partitions for which no aggregator has spoken of late, or ever: nobody reads them. ${byOwnerOfZero}`,
  ),
  omninode_mesh_records_overdue: gauge(
    'records',
    `Records that producers sent and that have not come for so long that they will not. ${byOwnerOfZero}`,
  ),
  omninode_mesh_records_unaccounted: gauge(
    'records',
    `Records that were read and of which the ledger can not say what became of them: 0 unless there is a defect. ${byOwnerOfZero}`,
  ),
  omninode_mesh_records_dead_lettered_total: counter(
    'records',
    `Measurement records that could not be read and lie in the dead-letter topic, of all partitions. ${byOwnerOfZero}`,
  ),
  omninode_mesh_target_data_age_seconds: gauge(
    'seconds',
    `Age of the newest measurement of a target. Absent for one that never told anything. ${byOwnerOfZero}`,
    ['target', 'kind'],
  ),
  omninode_mesh_targets: gauge('targets', `Targets, by their health. ${byOwnerOfZero}`, ['health']),
  omninode_mesh_targets_silent_ratio: gauge(
    'ratio',
    `Share of the targets without fresh data. Absent without targets. ${byOwnerOfZero}`,
  ),
});

/** What the whole mesh looks like from the summaries. */
export interface MeshMoment {
  readonly summaries: readonly PartitionSummary[];
  readonly limits: HealthLimits;
  readonly nowMs: number;
}

/** The samples of `meshWideMetrics`. */
export function meshWideSamples({ targets }: MeshHealth, { summaries, limits, nowMs }: MeshMoment): OwnSample[] {
  const samples: OwnSample[] = [];
  const add = (name: keyof typeof meshWideMetrics, value: number, labels: Record<string, string> = {}) =>
    samples.push({ name, metric: meshWideMetrics[name] as Metric, labels, value });

  add('omninode_mesh_watchdog', 1);
  add('omninode_mesh_partitions', limits.partitions);
  const heard = summaries.filter(({ atMs }) => nowMs - atMs <= limits.summaryStaleMs).length;
  add('omninode_mesh_partitions_silent', Math.max(0, limits.partitions - heard));
  const sum = (of: (summary: PartitionSummary) => number) => summaries.reduce((total, each) => total + of(each), 0);
  const overdue = sum((summary) => summary.overdue ?? 0);
  add('omninode_mesh_records_overdue', overdue);
  const unaccounted = sum(unaccountedIn);
  add('omninode_mesh_records_unaccounted', unaccounted);
  const deadLettered = sum(({ ledger }) => ledger.deadLettered);
  add('omninode_mesh_records_dead_lettered_total', deadLettered);

  let silent = 0;
  for (const { id, kind, lastDataMs } of targets) {
    const ageMs = nowMs - lastDataMs;
    if (ageMs > limits.targetStaleMs) silent++;
    if (lastDataMs > 0) add('omninode_mesh_target_data_age_seconds', Math.max(0, ageMs) / 1000, { target: id, kind });
  }
  for (const health of healths) {
    const count = targets.filter((target) => target.health === health).length;
    add('omninode_mesh_targets', count, { health });
  }
  if (targets.length > 0) add('omninode_mesh_targets_silent_ratio', silent / targets.length);
  return samples;
}

const healths: readonly Health[] = ['healthy', 'degraded', 'critical', 'unknown'];

function unaccountedIn({ ledger }: PartitionSummary): number {
  const { received, applied, duplicate, fenced, deadLettered, skipped } = ledger;
  return Math.abs(received - applied - duplicate - fenced - deadLettered - skipped);
}
