import { defineErrors } from '@omninode/contracts';

export const alertErrors = defineErrors({
  ALERT_BUS_SLOW: {
    phase: 'bus',
    retryable: true,
    message: 'The bus did not acknowledge transitions of alerts within {timeoutMs} ms. They are sent again.',
  },
  DRY_RUN_BUSY: {
    phase: 'input',
    retryable: true,
    message: 'Another dry run is under way. Try again when it has ended.',
  },
});
