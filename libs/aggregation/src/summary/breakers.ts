import { breakerCriticalities, breakerStates } from '@omninode/contracts';
import type { PartitionState } from '../state/partition-state.js';
import { liveSeries } from './live-series.js';
import type { BreakerSummary } from './summary.js';

const mostBreakers = 100;
/** States in which calls are not let through as usual. */
const troubled: ReadonlySet<BreakerSummary['state']> = new Set(['open', 'forced_open', 'half_open']);

/** The breakers that do not let calls through, the most critical first. */
export function troubledBreakers(state: PartitionState, notBeforeMs: number): BreakerSummary[] {
  const { store } = state;
  const breakers: BreakerSummary[] = [];
  for (const { number, entity, label } of liveSeries(state, 'omninode_circuit_breaker_status', notBeforeMs)) {
    const inState = breakerStates.find((each) => each === label('state'));
    if (!inState || !troubled.has(inState) || store.values[store.slots[number]!] !== 1) continue;
    const criticality = breakerCriticalities.find((each) => each === label('criticality')) ?? 'unspecified';
    breakers.push({ entity, component: label('component') ?? entity, criticality, state: inState });
  }
  if (breakers.length === 0) return [];
  const since = transitionTimes(state);
  return breakers
    .map((breaker) => ({ ...breaker, ...since.get(keyOf(breaker.entity, breaker.component, breaker.state)) }))
    .sort((a, b) => rankOf(a) - rankOf(b) || a.component.localeCompare(b.component))
    .slice(0, mostBreakers);
}

function rankOf({ criticality }: BreakerSummary): number {
  return breakerCriticalities.indexOf(criticality);
}

/** When each breaker came into a state last, as far as the events that are kept tell. */
function transitionTimes({ events }: PartitionState): ReadonlyMap<string, { readonly sinceMs: number }> {
  const times = new Map<string, { readonly sinceMs: number }>();
  for (const { name, entity, timeMs, attributes } of events.recent().reverse()) {
    if (name !== 'circuit_breaker.transition') continue;
    const { component, to, happened_ms: happenedMs } = attributes;
    const sinceMs = typeof happenedMs === 'number' ? happenedMs : timeMs;
    times.set(keyOf(entity, String(component), String(to)), { sinceMs });
  }
  return times;
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
