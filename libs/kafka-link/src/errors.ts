import { defineErrors } from '@omninode/contracts';

export const kafkaErrors = defineErrors({
  KAFKA_UNREACHABLE: {
    phase: 'connection',
    retryable: true,
    message: 'No broker of {brokers} answers ({detail}). Check the addresses and that the brokers are up.',
  },
  KAFKA_AUTH_FAILED: {
    phase: 'connection',
    retryable: false,
    message: 'Kafka at {brokers} refused the credentials ({detail}). Check bus.sasl.mechanism, username and password.',
  },
  KAFKA_TLS_FAILED: {
    phase: 'connection',
    retryable: false,
    message:
      'The TLS handshake with {brokers} failed ({detail}). Check that bus.tls.ca holds the authority that signed the brokers.',
  },
  KAFKA_TOPIC_NOT_YET: {
    phase: 'bus',
    retryable: true,
    message:
      'Topic {topic} of the mesh is not there yet; what is meant for it waits. The first process that may create topics makes it.',
  },
  KAFKA_TOPIC_UNKNOWN: {
    phase: 'bus',
    retryable: false,
    message:
      'Kafka has no topic {topic}. Create it, or let the mesh create its topics (prepareTopics needs the Create right).',
  },
  KAFKA_PARTITION_UNKNOWN: {
    phase: 'bus',
    retryable: false,
    message:
      'Topic {topic} has {count} partitions; there is no partition {partition}. Leave it out, or name one below.',
  },
  KAFKA_RECORD_TOO_LARGE: {
    phase: 'bus',
    retryable: false,
    message:
      'A record of {bytes} bytes is over the limit of topic {topic} ({limit} bytes). Split it, or raise max.message.bytes.',
  },
  KAFKA_REFUSED: {
    phase: 'bus',
    retryable: false,
    message: 'Kafka refused a request on {topic} ({detail}).',
  },
  KAFKA_CLOSED: {
    phase: 'bus',
    retryable: false,
    message: 'The connection to Kafka is closed: nothing more is published.',
  },
  KAFKA_NOT_NOW: {
    phase: 'bus',
    retryable: true,
    message: 'Kafka did not take a request on {topic} now ({detail}). It is tried again.',
  },
  KAFKA_BROKER_SILENT: {
    phase: 'reading',
    retryable: true,
    message:
      'Broker {broker} did not answer {request} within {timeoutMs} ms. See what it is busy with, or whether it hangs.',
  },
  KAFKA_REQUEST_UNKNOWN: {
    phase: 'reading',
    retryable: false,
    message:
      'Broker {broker} does not know {request} in a version that we speak: it is too old for it, or another product.',
  },
});
