import type { WindowCounts } from './breaker-account.js';
import type { SettingValues } from './breaker-settings.js';

/**
 * What cockatiel's breaker keeps to itself. Its classes have no way to ask for their configuration, so their fields are read;
 * a field that a version has not, or of another kind, is not told. Nothing of it is ever written.
 * Source: https://github.com/connor4312/cockatiel/tree/master/src/breaker
 */
export function settingsOf(policy: object): SettingValues {
  const { options, halfOpenSampling } = policy as { options?: unknown; halfOpenSampling?: unknown };
  const { breaker, halfOpenAfter } = fieldsOf(options);
  const resetMs = numberOf(halfOpenAfter);
  return {
    ...thresholdsOf(fieldsOf(breaker)),
    // Version 3 always tries with one call.
    half_open_calls: halfOpenSampling === undefined ? 1 : numberOf(fieldsOf(halfOpenSampling).calls),
    reset_timeout_seconds: resetMs === undefined ? undefined : resetMs / 1_000,
  };
}

function thresholdsOf(breaker: Fields): SettingValues {
  const threshold = numberOf(breaker.threshold);
  if ('samples' in breaker) {
    return { failure_threshold_ratio: threshold, minimum_calls: numberOf(breaker.minimumNumberOfCalls) };
  }
  const windowMs = numberOf(breaker.duration);
  if (windowMs !== undefined) {
    const callsPerMs = numberOf(breaker.minimumRpms);
    return {
      failure_threshold_ratio: threshold,
      minimum_calls: callsPerMs === undefined ? undefined : Math.ceil(callsPerMs * windowMs),
      window_seconds: windowMs / 1_000,
    };
  }
  return typeof breaker.state === 'number' ? { failure_threshold: threshold } : {};
}

/** What is in the breaker's window, from its public `toJSON`: a count of failures in a row, or counts of both. */
export function countsOf(policy: object): WindowCounts {
  const { toJSON } = policy as { toJSON?: () => unknown };
  if (typeof toJSON !== 'function') return {};
  const { breakerState } = fieldsOf(toJSON.call(policy));
  if (typeof breakerState === 'number') return { failures: breakerState };
  const { failures, currentFailures, successes, currentSuccesses } = fieldsOf(breakerState);
  const failed = numberOf(failures ?? currentFailures);
  const succeeded = numberOf(successes ?? currentSuccesses);
  if (failed === undefined || succeeded === undefined) return {};
  return { calls: failed + succeeded, failures: failed };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
