import { defineErrors } from '@omninode/contracts';

/** What any bus can answer; a transport adds its own table for what only it can meet. */
export const busErrors = defineErrors({
  BUS_CLOSED: {
    phase: 'bus',
    retryable: false,
    message: 'The bus is closed: {what} came after close(). End what publishes and consumes before the bus.',
  },
  TOPIC_UNKNOWN: {
    phase: 'bus',
    retryable: false,
    message: 'There is no topic {topic}. Call prepareTopics() at start, or correct the name.',
  },
  PARTITION_UNKNOWN: {
    phase: 'bus',
    retryable: false,
    message: 'Topic {topic} has partitions 0 to {last}; {partition} is not one of them.',
  },
  RECORD_TOO_LARGE: {
    phase: 'bus',
    retryable: false,
    message:
      'A record of {bytes} bytes for topic {topic} is over its limit of {limit} bytes. Send it in smaller parts.',
  },
  PUBLISH_QUEUE_FULL: {
    phase: 'bus',
    retryable: true,
    message:
      'More than {limit} bytes wait to be acknowledged on their way to {topic}. Publish less, or wait for earlier publishes.',
  },
  PUBLISH_TIMED_OUT: {
    phase: 'bus',
    retryable: true,
    message:
      'The bus did not acknowledge records for {topic} within {timeoutMs} ms. They may be in the topic; send them again.',
  },
  START_OUT_OF_RANGE: {
    phase: 'bus',
    retryable: false,
    message:
      'Group {group} asked to start {topic}/{partition} at offset {asked}, but it holds {oldest} to {end}: it starts at {start}. ' +
      'Records were removed by retention, or the bus was replaced under a kept state.',
  },
  TOPICS_UNFIT: {
    phase: 'configuration',
    retryable: false,
    message: 'The topics on the bus are not fit for the mesh: {problems}',
  },
  CONSUMER_DECLARED_TWICE: {
    phase: 'configuration',
    retryable: false,
    message:
      'Group {group} on topic {topic} is consumed by {first} and by {second}. One handler a group and topic: rename a group.',
  },
  CONSUMER_MISSING: {
    phase: 'configuration',
    retryable: false,
    message:
      '{controller} has a hook for topic {topic} but no @ConsumeTopic method that it belongs to. Add one, or name its group.',
  },
  EVENTS_UNSUPPORTED: {
    phase: 'configuration',
    retryable: false,
    message: 'The mesh server has no client events such as {event}. Use status, or unwrap() for the bus.',
  },
});
