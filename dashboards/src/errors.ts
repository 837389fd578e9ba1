import { defineErrors } from '@omninode/contracts';

/** Every error that making dashboards throws. */
export const errors = defineErrors({
  RULES_WRONG: {
    phase: 'configuration',
    retryable: false,
    message: 'A shipped alert rule is wrong: {file}:{line}:{column} {path}: {problem}. {suggestion}',
  },
  NO_SUCH_RULE: {
    phase: 'configuration',
    retryable: false,
    message: 'A panel names the alert {alert}, which no file of libs/alerting/rules has. Name one of: {known}.',
  },
});
