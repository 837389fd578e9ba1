import { defineErrors } from '@omninode/contracts';

export const errors = defineErrors({
  FLAG_FILE_UNREADABLE: {
    phase: 'configuration',
    retryable: false,
    message: 'The file of the flag {flag} can not be read ({code}): name a file that this user can read.',
  },
  MESH_GIVEN_TWICE: {
    phase: 'configuration',
    retryable: false,
    message: 'The mesh is given by its address and by its brokers: leave out --mesh-http or --mesh-brokers.',
  },
  HOOK_NOT_STORED: {
    phase: 'storage',
    retryable: true,
    message: 'The hook could not be stored ({reason}): send it again later.',
  },
  HOOKS_NOT_READ: {
    phase: 'storage',
    retryable: true,
    message: 'The database did not answer ({reason}): ask again later.',
  },
  HOOK_UNREADABLE: {
    phase: 'input',
    retryable: false,
    message: 'The record is not a hook: {problem}.',
  },
  ACTION_UNSUPPORTED: {
    phase: 'input',
    retryable: false,
    message: 'Nothing here knows how to process this action.',
  },
  CLASSIFIER_FAILED: {
    phase: 'connection',
    retryable: true,
    message: 'The classifier answered {status}.',
  },
});
