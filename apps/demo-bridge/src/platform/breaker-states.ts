import { breakerSettings } from '../breakers/breakers.js';
import type { Breaker, BreakerName } from '../breakers/breakers.js';

/** The breakers by name, as the platform's breaker tells of itself. `failures`: of the last ten seconds. */
export function breakerStates(breakers: readonly (readonly [BreakerName, Breaker])[]): object {
  return Object.fromEntries(breakers.map(([name, breaker]) => [name, stateOf(name, breaker)]));
}

function stateOf(name: BreakerName, { opened, halfOpen, stats }: Breaker): object {
  const { criticality, minimumCalls, resetSeconds } = breakerSettings[name];
  return {
    initialized: true,
    criticality,
    state: opened ? 'open' : halfOpen ? 'half_open' : 'closed',
    failures: stats.failures,
    threshold: minimumCalls,
    reset_timeout_seconds: resetSeconds,
    half_open_successes_required: 1,
    active_recovery_enabled: false,
    active_recovery_running: false,
  };
}
