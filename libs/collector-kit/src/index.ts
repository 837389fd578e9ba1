/**
 * The collection loop: what every collector shares.
 *
 * family/     a metric family as declared data, the recorder, the cap on label sets
 * loop/       lanes, deadlines, single flight, the one connection of a target, statuses
 * ownership/  which targets are ours: the group, claims, memory
 * service/    a collector as a module of a service, secrets of announced targets
 */
export { createCollector } from './collector.js';
export type { Collector, CollectorOptions } from './collector.js';
export { collectorEvents, collectorMetrics } from './collector.metrics.js';
export { errors as collectorErrors } from './errors.js';
export { defineFamily, lanes } from './family/define-family.js';
export type { AnyFamily, Family, Lane, Pass } from './family/define-family.js';
export { difference, toNumber } from './family/figure.js';
export type { Figure } from './family/figure.js';
export { LabelSets } from './family/label-sets.js';
export { measure } from './family/measure.js';
export type { Measured } from './family/measure.js';
export type { Attributes, PartialStatus, Recorded, Recorder } from './family/recorder.js';
export { systemClock } from './loop/clock.js';
export type { Clock } from './loop/clock.js';
export type { Logger } from './loop/logger.js';
export { readOnce } from './loop/read-once.js';
export type { FamilyReading, ReadOnceOptions, TargetReading } from './loop/read-once.js';
export { TargetWatch } from './loop/target-watch.js';
export type { WatchedTarget, WatchSettings } from './loop/target-watch.js';
export type { OwnedTarget } from './ownership/ownership.js';
export type { Answer, Explanation, Reader, Session, WatchableTarget } from './reader.js';
export { readAnnouncedOptions } from './ownership/announced-options.js';
export { readAnnouncedSecret } from './service/announced-secret.js';
export type { WantedSecret } from './service/announced-secret.js';
export { CollectorModule } from './service/collector.module.js';
export type { CollectorModuleOptions } from './service/collector.module.js';
