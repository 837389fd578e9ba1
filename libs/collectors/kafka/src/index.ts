/**
 * Watches Kafka clusters (2.1 and newer, new consumer groups from 3.7) by one connection to each broker, without a group,
 * without reading or writing a record.
 *
 * families/   what is measured, one file each
 * sweep/      one look at a cluster, part by part, shared by the families of a pass
 * selection/  which topics and groups are watched, which hold dead letters
 * offsets/    what arrived, and when
 * groups/     how far groups are, and whether they get on
 */
export { kafkaFamilies } from './families.js';
export { kafkaConfig } from './kafka.config.js';
export type { KafkaConfig } from './kafka.config.js';
export { KAFKA_COLLECTOR, kafkaCollectorModule } from './kafka-collector.module.js';
export type { KafkaCollectorOptions } from './kafka-collector.module.js';
export { kafkaEvents, kafkaMetrics } from './kafka.metrics.js';
export { kafkaTargetOptions, kafkaTargets } from './kafka-target.js';
export type { KafkaTarget } from './kafka-target.js';
export { kafkaWatch } from './kafka-watch.js';
export { errors as kafkaCollectorErrors } from './errors.js';
