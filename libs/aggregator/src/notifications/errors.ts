import { defineErrors } from '@omninode/contracts';

export const notificationErrors = defineErrors({
  ALERT_UNREADABLE: {
    phase: 'reading',
    retryable: false,
    message:
      'The record of the alert topic at partition {partition}, offset {offset} is passed over: {detail}. Whoever wrote it should read docs/reference/contract.md.',
  },
});
