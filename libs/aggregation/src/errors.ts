import { defineErrors } from '@omninode/contracts';

export const aggregationErrors = defineErrors({
  SNAPSHOT_UNUSABLE: {
    phase: 'storage',
    retryable: false,
    message: 'A snapshot can not be used: {reason}. Its partition is read from the beginning instead.',
  },
});
