export { connectionOf, kafkaBusConfig } from './kafka-transport.config.js';
export type { KafkaBusConfig } from './kafka-transport.config.js';
export { KafkaTransportModule } from './kafka-transport.module.js';
export type { KafkaTransportOptions } from './kafka-transport.module.js';
export { openKafkaBus } from './kafka-bus.js';
export type { KafkaBusOptions } from './kafka-bus.js';
export type { ConsumerTiming } from './kafka-consumer.js';
