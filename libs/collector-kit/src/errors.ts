import { defineErrors } from '@omninode/contracts';

/** Every error that this lib throws or reports. */
export const errors = defineErrors({
  NOT_FINITE: {
    phase: 'reading',
    retryable: true,
    message: '{metric} is not a finite number ({value}): it was left out.',
  },
  NEGATIVE_TOTAL: {
    phase: 'reading',
    retryable: true,
    message: '{metric} is a total and can not be negative ({value}): it was left out.',
  },
  RECORDED_TWICE: {
    phase: 'reading',
    retryable: false,
    message: '{metric}{labels} was recorded twice in one pass: the first value stands.',
  },
  NOT_RECORDABLE: {
    phase: 'configuration',
    retryable: false,
    message: '{metric} is a {kind}: a family records gauges, counters and exponential histograms only.',
  },
  FAMILY_THREW: {
    phase: 'reading',
    retryable: true,
    message:
      'Family {family} failed on the reply of the target ({code}). This is a fault of the collector: report it with the version of the target.',
  },
  DEADLINE_PASSED: {
    phase: 'reading',
    retryable: true,
    message: 'No answer within {deadlineMs} ms. See what the target is busy with, or raise the deadline.',
  },
  CONNECT_DEADLINE_PASSED: {
    phase: 'connection',
    retryable: true,
    message: 'No connection within {deadlineMs} ms: nothing answers at this address. Check host, port and firewall.',
  },
  FAMILY_LISTED_TWICE: {
    phase: 'configuration',
    retryable: false,
    message: 'Two families are named {family}, or both declare {metric}: names are the key of their series.',
  },
  TARGET_LISTED_TWICE: {
    phase: 'configuration',
    retryable: false,
    message: 'Two targets of kind {kind} have the id {target}. Give each its own id.',
  },
  LABEL_TAKEN: {
    phase: 'configuration',
    retryable: false,
    message: 'Target {target} has the label {label}, which metrics of its kind have too. Give the label another name.',
  },
  SECRETS_NOT_CONFIGURED: {
    phase: 'configuration',
    retryable: false,
    message: 'It names the secret {secret}, and collectors.{kind}.secretsFolder is not set.',
  },
  OPTIONS_INVALID: {
    phase: 'configuration',
    retryable: false,
    message: 'Its options are not those of kind {kind}: {problem}.',
  },
  SECRET_NOT_FOR_HOST: {
    phase: 'configuration',
    retryable: false,
    message:
      'Its secret {secret} is not for {host}. Whoever may announce targets could have it sent anywhere: name the hosts that it is for, one a line, in {file}.',
  },
  SECRET_UNREADABLE: {
    phase: 'configuration',
    retryable: true,
    message: 'Its secret {secret} can not be read from {folder} ({code}).',
  },
  MEMORY_UNREADABLE: {
    phase: 'storage',
    retryable: false,
    message: 'What the owner before remembered of {key} can not be read ({code}): its baselines start anew.',
  },
  MEMORY_TOO_BIG: {
    phase: 'storage',
    retryable: false,
    message:
      'The memory of {key} has {bytes} bytes packed, more than the {maxBytes} of a record: family {family} is left out, and begins anew with the next owner.',
  },
  ANNOUNCEMENT_UNREADABLE: {
    phase: 'input',
    retryable: false,
    message: 'The announcement of target {target} (partition {partition}, offset {offset}) can not be used: {problem}',
  },
});
