import { counter, defineMetrics, exponential, gauge } from '@omninode/contracts';

/** What a producer or consumer of kafkajs tells of itself besides what every producer has (`producerMetrics` of contracts). */
export const kafkaClientMetrics = defineMetrics({
  omninode_kafka_client_connected: gauge(
    'boolean',
    'Whether the producer or consumer is connected: 1 or 0. Absent until it first says so.',
    ['client'],
  ),
  omninode_kafka_client_request_seconds: exponential(
    'seconds',
    'How long brokers took to answer requests, in whole ms as kafkajs measures it. Fetch waits for messages. Absent until the first.',
    ['client', 'api'],
  ),
  omninode_kafka_client_request_timeouts_total: counter(
    'requests',
    'Requests that the brokers did not answer in time.',
    ['client'],
  ),
  omninode_kafka_consumer_messages_total: counter(
    'messages',
    'Messages of the batches that were handled; its rate is the throughput of the consumer.',
    ['client', 'topic'],
  ),
  omninode_kafka_consumer_batch_size_messages: exponential(
    'messages',
    'Messages in one batch of one partition. Absent until the first.',
    ['client'],
  ),
  omninode_kafka_consumer_processing_seconds: exponential(
    'seconds',
    'How long it took to handle a batch, in whole ms. Absent until the first.',
    ['client'],
  ),
  omninode_kafka_consumer_fetch_seconds: exponential(
    'seconds',
    'How long fetches took, the wait for messages included, in whole ms. Absent until the first.',
    ['client'],
  ),
  omninode_kafka_consumer_commits_total: counter('operations', 'Commits of offsets that the group took.', ['client']),
  omninode_kafka_consumer_rebalances_total: counter('events', 'Times that the group shared its partitions out anew.', [
    'client',
  ]),
  omninode_kafka_consumer_crashes_total: counter(
    'errors',
    'Failures that ended the consumer, for good or until it restarts itself, by the name or code of the error. Absent for errors that never occurred.',
    ['client', 'error_type'],
  ),
  omninode_kafka_consumer_observed_lag_messages: gauge(
    'messages',
    'Messages behind the newest one, of the partitions that the consumer holds, as of their latest batches. Absent for topics without a batch since the latest rebalance.',
    ['client', 'topic'],
  ),
});
