import { counter, defineMetrics, exponential } from '../catalogue.js';

/**
 * What there is to say of a Kafka producer, in the same words whoever says it: the client from inside a service, the Kafka
 * collector from what a service reports of itself. `client` is the producer's name.
 */
export const producerMetrics = defineMetrics({
  omninode_kafka_producer_messages_total: counter(
    'messages',
    'Messages that the brokers have acknowledged; its rate is the throughput of the producer.',
    ['client', 'topic'],
  ),
  omninode_kafka_producer_failed_messages_total: counter(
    'messages',
    'Messages of sends that failed. Some may be in the topic all the same: their acknowledgement was lost.',
    ['client', 'topic'],
  ),
  omninode_kafka_producer_errors_total: counter(
    'errors',
    'Sends that failed after the retries of the producer, by the name or code of the error. Absent for errors that never occurred.',
    ['client', 'error_type'],
  ),
  omninode_kafka_producer_batch_size_messages: exponential(
    'messages',
    'Messages in one send. Absent until the first.',
    ['client'],
  ),
  omninode_kafka_producer_send_seconds: exponential(
    'seconds',
    'How long sends took until the brokers acknowledged them or they failed. Absent until the first.',
    ['client'],
  ),
});
