/**
 * What the aggregator knows and how it shows it. Pure: no clock, no files, no network.
 *
 * store/       series as a struct of arrays
 * state/       one partition: dictionaries, dedup, fencing, ledger, events
 * snapshot/    the form of a partition's state in its record
 * exposition/  the page that Prometheus scrapes
 * summary/     what partitions tell each other, and health
 */
export { aggregationErrors } from './errors.js';
export { RecentExemplars } from './exposition/exemplars.js';
export { contentTypeOf, exposition } from './exposition/exposition.js';
export type { ExpositionOptions } from './exposition/exposition.js';
export type { Format, OwnSample } from './exposition/plan.js';
export { meshMetrics, meshSamples } from './mesh.metrics.js';
export { Listed } from './snapshot/listed.js';
export { encodeSnapshot, restoreSnapshot } from './snapshot/snapshot.js';
export type { Ledger } from './state/ledger.js';
export { PartitionState } from './state/partition-state.js';
export type { RecordPosition, Refused } from './state/partition-state.js';
export { missingOf } from './state/producer-state.js';
export type { ProducerState } from './state/producer-state.js';
export type { KeptEvent } from './state/recent-events.js';
export type { Series, StoreLimits } from './store/series-store.js';
export { meshHealth } from './summary/health.js';
export type { MeshHealth } from './summary/health.js';
export { durationQuantile, DurationSum } from './summary/durations.js';
export type { DurationTotals } from './summary/durations.js';
export { defaultHealthRules } from './summary/health-rules.js';
export type {
  ConnectivityRule,
  GroupRule,
  HealthLimits,
  HealthRules,
  OpenBreaker,
  TargetCriticality,
  TargetMatch,
  TargetRule,
} from './summary/health-rules.js';
export { worst } from './summary/reason.js';
export type { Health, Reason } from './summary/reason.js';
export { recentTotals } from './summary/recent-totals.js';
export type { RecentComponent } from './summary/recent-totals.js';
export type { TargetHealth } from './summary/target-health.js';
export { requestsOf } from './summary/totals.js';
export type { ComponentTotals, PartitionTotals } from './summary/totals.js';
export { summarize } from './summary/summarize.js';
export type {
  BreakerSummary,
  FamilySummary,
  LedgerTotals,
  PartitionSummary,
  ProducerGap,
  TargetSummary,
} from './summary/summary.js';
