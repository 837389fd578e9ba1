export { openKafkaBus } from './kafka-bus.js';
export type { KafkaBusOptions } from './kafka-bus.js';
export type { ConsumerTiming } from './kafka-consumer.js';
