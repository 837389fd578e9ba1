import { defineErrors } from '@omninode/contracts';

/** The code of each is also the label of the records that were dropped or not sent because of it. */
export const publisherErrors = defineErrors({
  PUBLISHER_CLOSED: {
    phase: 'bus',
    retryable: false,
    message: 'The publisher is closed: nothing more of {producer} is published. Open writers before closing it.',
  },
  PRODUCER_INVALID: {
    phase: 'input',
    retryable: false,
    message:
      'Producer {producer} of entity {entity} with incarnation {incarnation} has no valid identity. ' +
      'Names have 1 to 256 characters without control characters, the incarnation is an integer from 0 on, ' +
      'labels are texts with names of the Prometheus form.',
  },
  INCARNATION_NOT_NEW: {
    phase: 'input',
    retryable: false,
    message:
      'Producer {producer} was already opened with incarnation {last}, so {incarnation} would repeat its sequence ' +
      'numbers and readers would skip its records. Open it with a larger incarnation.',
  },
  PUBLISH_TIMED_OUT: {
    phase: 'bus',
    retryable: true,
    message: 'The bus did not answer a publish within {timeoutMs} ms. The records are sent again.',
  },
  MEMORY_FULL: {
    phase: 'bus',
    retryable: false,
    message:
      'More than {bytes} bytes wait for the bus and the disk does not take them: the oldest records are dropped.',
  },
  UNDELIVERED_AT_CLOSE: {
    phase: 'bus',
    retryable: false,
    message: '{records} records could be neither delivered nor kept on disk before the process ended: they are lost.',
  },
  SPOOL_UNAVAILABLE: {
    phase: 'storage',
    retryable: false,
    message:
      'The spool folder {folder} can not be used ({detail}): what the bus does not take waits in memory only. ' +
      'Make the folder writable, or name another data folder, and start again.',
  },
  SPOOL_WRITE_FAILED: {
    phase: 'storage',
    retryable: true,
    message: 'The spool file {file} could not be written ({detail}). Records wait in memory; make room on the disk.',
  },
  SPOOL_UNREADABLE: {
    phase: 'storage',
    retryable: false,
    message: 'The spool file {file} could not be read ({detail}). Its records are not sent by this process.',
  },
  SPOOL_OVERFLOW: {
    phase: 'storage',
    retryable: false,
    message: 'The spool {folder} has reached its {bytes} bytes: the oldest records in it are dropped.',
  },
});
