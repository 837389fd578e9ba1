import type { BreakerCause, BreakerOutcome, BreakerState } from '@omninode/contracts';
import { failureOf } from '../requests/failure.js';
import { replaceMethod } from '../watch/replace-method.js';
import { watchOf } from '../watch/watch.js';
import type { Watch, WatchContext } from '../watch/watch.js';
import { BreakerAccount } from './breaker-account.js';
import type { BreakerDescription } from './breaker-account.js';
import { countsOf, settingsOf } from './cockatiel-insides.js';

/** As much of cockatiel's breaker policy as is needed here, in versions 3 and 4. */
export interface CockatielBreaker {
  /** 0 closed, 1 open, 2 half-open, 3 isolated; these numbers are cockatiel's own. */
  readonly state: number;
  execute: unknown;
  onStateChange(listener: (state: number) => void): Disposable;
  onSuccess(listener: (event: { readonly duration: number }) => void): Disposable;
  onFailure(listener: (event: FailureEvent) => void): Disposable;
}

interface Disposable {
  dispose(): void;
}

interface FailureEvent {
  /** ms. */
  readonly duration: number;
  /** Whether the policy counts it. */
  readonly handled: boolean;
  readonly reason: { readonly error?: unknown };
}

export function isCockatiel(breaker: Partial<CockatielBreaker>): breaker is CockatielBreaker {
  return (
    typeof breaker.execute === 'function' &&
    typeof breaker.onStateChange === 'function' &&
    typeof breaker.state === 'number'
  );
}

/**
 * A breaker of cockatiel. It has events for the calls that it lets through and for its states, but none for calls that it turns
 * away: for these `execute` is replaced on this policy.
 * Source: https://github.com/connor4312/cockatiel/blob/master/src/CircuitBreakerPolicy.ts
 */
export function watchCockatiel(context: WatchContext, about: BreakerDescription, breaker: CockatielBreaker): Watch {
  const account = new BreakerAccount(context, about, stateOf(breaker.state), performance.now());

  /** cockatiel calls listeners within the call that it protects: what failed in ours would fail that call. */
  function safely<Event>(heard: (event: Event) => void): (event: Event) => void {
    return (event) => {
      try {
        heard(event);
      } catch (error) {
        context.onProblem(error);
      }
    };
  }

  const subscriptions = [
    breaker.onStateChange(
      safely((number) => {
        const state = stateOf(number);
        account.enter(state, causeOf(account.state, state), performance.now(), countsOf(breaker));
      }),
    ),
    breaker.onSuccess(safely(({ duration }) => account.call('success', performance.now(), duration))),
    breaker.onFailure(safely((event) => account.call(outcomeOf(event), performance.now(), event.duration))),
  ];
  const settings = settingsOf(breaker);

  return watchOf([
    context.meter.observe(() => account.observe(performance.now(), settings, undefined)),
    ...subscriptions.map((subscription) => () => subscription.dispose()),
    replaceMethod(breaker as { execute: Execute }, 'execute', (original, isActive) =>
      countingRejections(breaker, original, isActive, () => account.call('rejected', performance.now())),
    ),
    () => account.end(),
  ]);
}

type Work = (...given: unknown[]) => unknown;
type Execute = (work: Work, ...rest: unknown[]) => Promise<unknown>;

/** Turned away is what throws cockatiel's error without that the work was begun: work may throw it too, of a breaker below. */
function countingRejections(
  breaker: CockatielBreaker,
  original: Execute,
  isActive: () => boolean,
  rejected: () => void,
): Execute {
  return async function execute(work, ...rest) {
    if (!isActive()) return original.call(breaker, work, ...rest);
    let wasLetThrough = false;
    try {
      return await original.call(
        breaker,
        (...given) => {
          wasLetThrough = true;
          return work(...given);
        },
        ...rest,
      );
    } catch (error) {
      if (!wasLetThrough && isBrokenCircuit(error)) rejected();
      throw error;
    }
  };
}

function isBrokenCircuit(error: unknown): boolean {
  return error instanceof Error && 'isBrokenCircuitError' in error;
}

function stateOf(state: number): BreakerState {
  return (['closed', 'open', 'half_open', 'forced_open'] as const)[state] ?? 'unknown';
}

/** To isolate a breaker and to end that is done by hand. */
function causeOf(from: BreakerState, to: BreakerState): BreakerCause {
  if (from === 'forced_open' || to === 'forced_open') return 'manual';
  return from === 'closed' ? 'threshold' : 'probe';
}

function outcomeOf({ handled, reason }: FailureEvent): BreakerOutcome {
  if (!handled) return 'ignored';
  return 'error' in reason && failureOf(reason.error).status === 'timeout' ? 'timeout' : 'failure';
}
