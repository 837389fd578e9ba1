/**
 * What a service embeds to be seen by the mesh.
 *
 * requests/     trace(): time, end and ids of requests, the slowest one by one
 * propagation/  ids in headers of HTTP and Kafka, the host's own OpenTelemetry
 * pool/ kafka/ cache/ breaker/   watch…(): what the service uses, by the shape of the host's own objects
 * meter/        what is counted between two passes
 * transport/    the way to the mesh: HTTP, or the host's Kafka producer
 * nest/         `@omninode/client/nest`
 */
export { createClient } from './create-client.js';
export type { Client } from './create-client.js';
export type { ClientOptions } from './client-options.js';
export { clientMetrics } from './client.metrics.js';
export { clientErrors } from './errors.js';
export type { CacheSource, CacheStats } from './cache/watch-cache.js';
export { kafkaClientMetrics } from './kafka/kafka-client.metrics.js';
export type { KafkaConsumer, KafkaProducer, KafkaSender } from './kafka/kafkajs-shapes.js';
export { tracedHandler } from './kafka/traced-handler.js';
export { tracedProducer } from './kafka/traced-producer.js';
export type { TracedProducerOptions } from './kafka/traced-producer.js';
export type { PgPool } from './pool/watch-pool.js';
export type { HeadersLike } from './propagation/headers.js';
export type { TracedRequest } from './requests/active-request.js';
export type { OpenRequest } from './requests/open-request.js';
export type { TraceOptions } from './requests/tracer.js';
export { httpBus } from './transport/http-bus.js';
export type { HttpBusOptions } from './transport/http-bus.js';
export { kafkaBus } from './transport/kafka-bus.js';
export type { KafkaBusOptions, RecordProducer } from './transport/kafka-bus.js';
export type { Watch } from './watch/watch.js';
export type { Watches } from './watches.js';
