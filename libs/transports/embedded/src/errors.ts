import { defineErrors } from '@omninode/contracts';

export const embeddedErrors = defineErrors({
  FOLDER_IN_USE: {
    phase: 'configuration',
    retryable: false,
    message:
      'The data folder {folder} is in use by process {pid}. Stop that process, or give this one a folder of its own: OMNINODE_DATA_DIR=….',
  },
  FOLDER_UNWRITABLE: {
    phase: 'configuration',
    retryable: false,
    message:
      'The data folder {folder} can not be written ({detail}). Change who owns it, or choose another: OMNINODE_DATA_DIR=….',
  },
  FILE_CORRUPT: {
    phase: 'storage',
    retryable: false,
    message:
      '{file} is damaged ({detail}). Nothing was changed. Move it away to start anew (mv {file} {file}.damaged): what the aggregator knew and records that were not read yet are lost with it.',
  },
  DISK_FULL: {
    phase: 'storage',
    retryable: true,
    message: 'There is no room on the disk of {file}. Free some: what waits is kept and written then.',
  },
  STORAGE_FAILED: { phase: 'storage', retryable: true, message: '{file} could not be read or written ({detail}).' },
  TOPIC_UNKNOWN: {
    phase: 'bus',
    retryable: false,
    message: 'There is no topic {topic}. prepareTopics makes those of the mesh.',
  },
  PARTITION_UNKNOWN: {
    phase: 'bus',
    retryable: false,
    message: 'Topic {topic} has partitions 0 to {last}, not {partition}.',
  },
  RECORD_TOO_LARGE: {
    phase: 'bus',
    retryable: false,
    message: 'A record of {bytes} bytes is over the limit of topic {topic} ({limit} bytes). Split it.',
  },
  BUS_CLOSED: { phase: 'bus', retryable: false, message: 'The bus is closed: nothing more is published or read.' },
});
