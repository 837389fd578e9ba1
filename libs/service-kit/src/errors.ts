import { defineErrors } from '@omninode/contracts';

export const errors = defineErrors({
  CONFIGURATION_INVALID: {
    phase: 'configuration',
    retryable: false,
    message: 'The configuration has {count}:\n{problems}',
  },
  CONFIGURATION_SCHEMA: {
    phase: 'configuration',
    retryable: false,
    message: 'The configuration schema is wrong at {path}: {problem}',
  },
  PORT_IN_USE: {
    phase: 'connection',
    retryable: true,
    message:
      'Port {port} of {host} is in use{holder}. Stop what uses it, or choose another port: OMNINODE_HTTP_PORT={suggestion}.',
  },
  ADDRESS_UNUSABLE: {
    phase: 'configuration',
    retryable: false,
    message: 'This process cannot listen on {host}, port {port} ({reason}). {advice}',
  },
  INPUT_INVALID: { phase: 'input', retryable: false, message: '{problem}' },
});
