import type { BreakerCause, BreakerState } from '@omninode/contracts';
import { watchOf } from '../watch/watch.js';
import type { Watch, WatchContext } from '../watch/watch.js';
import { BreakerAccount } from './breaker-account.js';
import type { BreakerDescription, WindowCounts } from './breaker-account.js';
import type { SettingValues } from './breaker-settings.js';

/** As much of opossum's breaker as is needed here. Versions 8.5, 9 and 10 are the same code. */
export interface OpossumBreaker {
  readonly options: Readonly<Record<string, unknown>>;
  readonly opened: boolean;
  readonly halfOpen: boolean;
  readonly enabled: boolean;
  readonly isShutdown: boolean;
  readonly warmUp: boolean;
  readonly volumeThreshold: number;
  readonly stats: { readonly fires: number; readonly failures: number };
  fire: unknown;
  on(event: string, listener: (...given: unknown[]) => void): unknown;
  removeListener(event: string, listener: (...given: unknown[]) => void): unknown;
}

export function isOpossum(breaker: Partial<OpossumBreaker>): breaker is OpossumBreaker {
  return typeof breaker.fire === 'function' && typeof breaker.on === 'function' && typeof breaker.opened === 'boolean';
}

/**
 * A breaker of opossum, by its events, with what they leave out or tell twice put right:
 * a call that timed out emits `timeout` and then `failure` (or `success`, where a filter forgives it), one that the bulkhead kept
 * back emits `semaphoreLocked` and then the same; an error that the filter forgives emits `success` with the error as its result.
 * Being disabled has no event. The statistics of opossum count rejected calls among the fired ones: its failure ratio sinks while
 * it is open, and is told as opossum itself compares it.
 * Source: https://github.com/nodeshift/opossum/blob/main/lib/circuit.js
 */
export function watchOpossum(context: WatchContext, about: BreakerDescription, breaker: OpossumBreaker): Watch {
  const account = new BreakerAccount(context, about, stateOf(breaker), performance.now());
  /** The error that `timeout` or `semaphoreLocked` has told of: the same one comes once more, at once. */
  let told: unknown;
  /** Why it opens or closes, if it does within the event that just came. */
  let cause: BreakerCause = 'manual';

  function causes(next: BreakerCause): void {
    cause = next;
    queueMicrotask(() => (cause = 'manual'));
  }

  function wasTold(error: unknown): boolean {
    const was = told !== undefined && told === error;
    told = undefined;
    return was;
  }

  function enter(state: BreakerState, why: BreakerCause): void {
    account.enter(state, why, performance.now(), countsOf(breaker));
  }

  const listeners: Readonly<Record<string, (...given: unknown[]) => void>> = {
    success(result, latencyMs) {
      if (wasTold(result)) return;
      account.call(result instanceof Error ? 'ignored' : 'success', performance.now(), latencyMs as number);
    },
    failure(error, latencyMs) {
      causes(account.state === 'half_open' ? 'probe' : 'threshold');
      if (!wasTold(error)) account.call('failure', performance.now(), latencyMs as number);
    },
    timeout(error, latencyMs) {
      told = error;
      account.call('timeout', performance.now(), latencyMs as number);
    },
    semaphoreLocked(error) {
      told = error;
      account.call('bulkhead', performance.now());
    },
    reject: () => account.call('rejected', performance.now()),
    healthCheckFailed: () => causes('probe'),
    open: () => enter('open', cause),
    halfOpen: () => enter('half_open', 'probe'),
    // `success` is emitted to opossum first, which closes: then our listener has not been called yet.
    close: () => enter('closed', account.state === 'half_open' ? 'probe' : cause),
    shutdown: () => enter('shutdown', 'manual'),
  };

  return watchOf([
    context.meter.observe(() => {
      enter(stateOf(breaker), 'manual');
      account.observe(performance.now(), settingsOf(breaker), failureRatioOf(breaker));
    }),
    ...Object.entries(listeners).map(([event, heard]) => listen(context, breaker, event, heard)),
    () => account.end(),
  ]);
}

/** opossum calls its listeners within the call that it protects: what failed in ours would fail that call. */
function listen(
  { onProblem }: WatchContext,
  breaker: OpossumBreaker,
  event: string,
  heard: (...given: unknown[]) => void,
): () => void {
  const listener = (...given: unknown[]) => {
    try {
      heard(...given);
    } catch (error) {
      onProblem(error);
    }
  };
  breaker.on(event, listener);
  return () => void breaker.removeListener(event, listener);
}

function stateOf({ isShutdown, enabled, opened, halfOpen }: OpossumBreaker): BreakerState {
  if (isShutdown) return 'shutdown';
  if (!enabled) return 'disabled';
  if (opened) return 'open';
  return halfOpen ? 'half_open' : 'closed';
}

function countsOf({ stats }: OpossumBreaker): WindowCounts {
  return { calls: stats.fires, failures: stats.failures };
}

/** Below its minimum of calls, and while it warms up, opossum does not judge. */
function failureRatioOf({ stats, volumeThreshold, warmUp }: OpossumBreaker): number | undefined {
  const { fires, failures } = stats;
  return warmUp || fires < Math.max(1, volumeThreshold) ? undefined : failures / fires;
}

function settingsOf({ options, volumeThreshold }: OpossumBreaker): SettingValues {
  const number = (name: string) => (typeof options[name] === 'number' ? options[name] : undefined);
  const seconds = (name: string) => {
    const ms = number(name);
    return ms && ms / 1_000;
  };
  const capacity = number('capacity');
  const percentage = number('errorThresholdPercentage');
  return {
    failure_threshold_ratio: percentage === undefined ? undefined : percentage / 100,
    minimum_calls: volumeThreshold,
    // The largest number stands for no limit.
    capacity: capacity === Number.MAX_SAFE_INTEGER ? undefined : capacity,
    half_open_calls: 1,
    timeout_seconds: seconds('timeout') || undefined,
    reset_timeout_seconds: seconds('resetTimeout'),
    window_seconds: seconds('rollingCountTimeout'),
  };
}
