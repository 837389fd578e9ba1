/** Aggregation on the bus: restores partitions, applies their records, writes snapshots and summaries. */
export { aggregatorConfig } from './aggregator.config.js';
export type { AggregatorConfig } from './aggregator.config.js';
export { Aggregator } from './aggregator.js';
export type { AggregatorOptions } from './aggregator.js';
export { AggregatorModule } from './aggregator.module.js';
export type { AggregatorModuleOptions } from './aggregator.module.js';
export type { CompanionContext, CompanionFactory, FlushMoment, PartitionCompanion } from './companion.js';
