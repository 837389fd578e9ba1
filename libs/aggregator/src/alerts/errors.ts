import { defineErrors } from '@omninode/contracts';

export const alertErrors = defineErrors({
  DRY_RUN_BUSY: {
    phase: 'input',
    retryable: true,
    message: 'Another dry run is under way. Try again when it has ended.',
  },
});
