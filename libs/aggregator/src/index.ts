/**
 * Aggregation on the bus: restores partitions, applies their records, writes snapshots and summaries.
 *
 * alerts/         rules in force, the engines of the partitions, what every replica knows of alerts
 * notifications/  who is told of alerts, and silences
 * history/        hourly rollups, and what is read of them
 */
export { Aggregator } from './aggregator.js';
export type { AggregatorOptions } from './aggregator.js';
export { AggregatorModule } from './aggregator.module.js';
export type { AggregatorModuleOptions } from './aggregator.module.js';
export { aggregatorSections } from './aggregator-sections.js';
export type { AggregatorSections } from './aggregator-sections.js';
export type { CompanionContext, CompanionFactory, FlushMoment, PartitionCompanion } from './companion.js';
