import { defineErrors } from '@omninode/contracts';

/** What a person can be wrong about on the command line. */
export const errors = defineErrors({
  COMMAND_MISSING: { phase: 'input', retryable: false, message: 'What shall it do? Commands: {commands}.' },
  COMMAND_UNKNOWN: { phase: 'input', retryable: false, message: '"{given}" is not a command. {hint}' },
  FLAG_UNKNOWN: { phase: 'input', retryable: false, message: '{given} is not a flag of {command}. {hint}' },
  FLAG_WITHOUT_VALUE: { phase: 'input', retryable: false, message: '{flag} wants a value: {flag} {value}.' },
  FLAG_WITH_VALUE: { phase: 'input', retryable: false, message: '{flag} takes no value.' },
  FLAG_TWICE: { phase: 'input', retryable: false, message: '{flag} is given twice; keep one.' },
  ARGUMENT_MISSING: { phase: 'input', retryable: false, message: '{command} wants to know {what}.' },
  ARGUMENT_UNKNOWN: { phase: 'input', retryable: false, message: '"{given}" is not {what}. {hint}' },
  ARGUMENT_TOO_MANY: { phase: 'input', retryable: false, message: '{command} takes no more than {usage}.' },
  URL_INVALID: { phase: 'input', retryable: false, message: 'The URL {problem}' },
  CONFIGURATION_INVALID: { phase: 'configuration', retryable: false, message: '{problems}' },
  TARGET_MISSING: {
    phase: 'configuration',
    retryable: false,
    message:
      'No {kind} is given. Give its URL ({form}), {variable}or name a file that lists it: --config omninode.yaml.',
  },
  TARGET_UNKNOWN: {
    phase: 'configuration',
    retryable: false,
    message: 'No {kind} with the id "{given}" is configured. {hint}',
  },
  BROKERS_MISSING: {
    phase: 'configuration',
    retryable: false,
    message:
      'No Kafka is named: set OMNINODE_BUS_BROKERS=host:9092, or give --brokers host:9092. ' +
      'The all-in-one (npm start) has no Kafka: its bus is a file that only one process can open. ' +
      'See what it received at http://127.0.0.1:8080/metrics and /api/v1/targets/<id>, or run the mesh on Kafka: npm run mesh.',
  },
  KAFKA_SILENT: {
    phase: 'connection',
    retryable: true,
    message: 'No broker of {brokers} answers within {seconds} s. Check the addresses and that the brokers are up.',
  },
});
