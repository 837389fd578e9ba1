import type { BreakerState } from '@omninode/contracts';

/** Names of states in resilience4j: `HALF_OPEN`. What is none of ours is unknown. */
export function stateOf(name: string | null | undefined): BreakerState {
  return states.get(name ?? '') ?? 'unknown';
}

const states = new Map<string, BreakerState>(
  Object.entries({
    CLOSED: 'closed',
    OPEN: 'open',
    HALF_OPEN: 'half_open',
    FORCED_OPEN: 'forced_open',
    DISABLED: 'disabled',
    METRICS_ONLY: 'metrics_only',
  } as const),
);
