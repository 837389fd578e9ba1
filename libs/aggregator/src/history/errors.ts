import { defineErrors } from '@omninode/contracts';

export const historyErrors = defineErrors({
  REPORT_FOLDER_MISSING: {
    phase: 'storage',
    retryable: true,
    message:
      'history.reportsFolder {folder}: there is no such folder. Make it, or mount what belongs there. It is tried again.',
  },
  REPORT_FOLDER_READ_ONLY: {
    phase: 'storage',
    retryable: true,
    message: 'history.reportsFolder {folder}: this process may not write there ({code}). Let it. It is tried again.',
  },
  REPORT_DISK_FULL: {
    phase: 'storage',
    retryable: true,
    message: 'history.reportsFolder {folder}: its disk is full ({code}). Make room. It is tried again.',
  },
  REPORT_NOT_WRITTEN: {
    phase: 'storage',
    retryable: true,
    message: 'history.reportsFolder {folder}: a report could not be written ({code}). It is tried again.',
  },
});
