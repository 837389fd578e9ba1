import { defineErrors } from '@omninode/contracts';

export const aggregationErrors = defineErrors({
  SNAPSHOT_UNUSABLE: {
    phase: 'storage',
    retryable: false,
    message: 'A snapshot can not be used: {reason}. Its partition is read from the beginning instead.',
  },
  SNAPSHOT_TOO_LARGE: {
    phase: 'storage',
    retryable: false,
    message:
      'The snapshot of a partition with {series} series takes {bytes} bytes, at most {limit} fit a record. ' +
      'Until it fits, a restart reads the partition from its last snapshot: lower the limit of series per partition.',
  },
});
