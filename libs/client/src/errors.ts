import { defineErrors } from '@omninode/contracts';

export const clientErrors = defineErrors({
  CLIENT_OPTION_INVALID: {
    phase: 'configuration',
    retryable: false,
    message: 'The option {option} of createClient is not valid: {detail}.',
  },
  NAME_IN_USE: {
    phase: 'configuration',
    retryable: false,
    message:
      'A {kind} named {name} is watched already, so this one is left alone: give it another name, or stop the first watch.',
  },
  NOT_WATCHABLE: {
    phase: 'configuration',
    retryable: false,
    message: '{name} does not look like {kind}, so it is not watched: {detail}.',
  },
  INGEST_UNREACHABLE: {
    phase: 'connection',
    retryable: true,
    message: 'The mesh at {url} could not be reached ({detail}). Records wait and are sent again.',
  },
  INGEST_UNAUTHORIZED: {
    phase: 'configuration',
    retryable: false,
    message: 'The mesh at {url} answered {status}: give the client the token that the mesh expects.',
  },
  INGEST_NOT_FOUND: {
    phase: 'configuration',
    retryable: false,
    message: '{url} answered {status}, so it is not the address of a mesh: its path is /api/v1/measurements.',
  },
  INGEST_RECORD_TOO_LARGE: {
    phase: 'input',
    retryable: false,
    message:
      'The mesh at {url} takes no {bytes} bytes in one request (413): the record is dropped if it is the only one.',
  },
  INGEST_REFUSED: {
    phase: 'bus',
    retryable: false,
    message: 'The mesh at {url} refused {records} records with status {status}.',
  },
  INGEST_BUSY: {
    phase: 'bus',
    retryable: true,
    message:
      'The mesh at {url} takes nothing now ({status}) and asked to wait {waitMs} ms. Records wait and are sent again.',
  },
  KAFKA_RECORD_TOO_LARGE: {
    phase: 'input',
    retryable: false,
    message: 'Kafka takes no record as large as this one in {topic}: it is dropped if it is the only one.',
  },
  KAFKA_NOT_PERMITTED: {
    phase: 'configuration',
    retryable: false,
    message: 'The producer may not write to {topic} ({detail}): allow it on the brokers.',
  },
  KAFKA_SEND_FAILED: {
    phase: 'bus',
    retryable: true,
    message: 'The producer could not send to {topic} ({detail}). Records wait and are sent again.',
  },
});
