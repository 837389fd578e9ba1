import { defineErrors } from '@omninode/contracts';

/** Every error that this lib throws. What those of the connection mean for a family's status is in `explain-error.ts`. */
export const errors = defineErrors({
  TLS_FILE_UNREADABLE: {
    phase: 'configuration',
    retryable: true,
    message: 'The file {file} for TLS can not be read ({code}). Correct its name in the target, or who may read it.',
  },
  TARGET_URL_INVALID: {
    phase: 'configuration',
    retryable: false,
    message:
      'The address of Kafka target {target} is no list of brokers. Write it as host:9092,host:9092, or kafka+ssl://user@host:9093 for TLS and a login.',
  },
});
