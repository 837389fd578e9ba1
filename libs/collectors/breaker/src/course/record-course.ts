import type { Recorder } from '@omninode/collector-kit';
import { breakerHealth, breakerStates } from '@omninode/contracts';
import type { BreakerCriticality, BreakerOutcome, breakerEvents, breakerMetrics } from '@omninode/contracts';
import { figureNames } from '../observation.js';
import type { Change } from './changes.js';
import type { Reconfigured } from './configuration.js';
import type { FollowedBreaker } from './follow-all.js';

type Seen = Omit<typeof breakerMetrics, 'omninode_circuit_breaker_call_duration_seconds'>;
type BreakerRecorder = Recorder<Seen, typeof breakerEvents>;

export interface RecordedBreaker extends FollowedBreaker {
  readonly criticality: BreakerCriticality;
}

/** Records all that is known of a breaker after a pass. */
export function recordCourse(record: BreakerRecorder, breaker: RecordedBreaker): void {
  const { component, criticality, course, observation, changes, reconfigured } = breaker;
  const { kind, library, state, firstMs } = course;
  record.omninode_circuit_breaker_info(1, { component, criticality, kind, library });
  for (const each of breakerStates) {
    record.omninode_circuit_breaker_status(each === state ? 1 : 0, { component, criticality, state: each });
  }
  for (const [each, seconds] of Object.entries(course.stateSeconds)) {
    const labels = { component, state: each };
    record.omninode_circuit_breaker_state_seconds_total(seconds, labels, course.stateSecondsSinceMs);
  }
  for (const [key, count] of Object.entries(course.transitions)) {
    const [from = '', to = ''] = key.split('>');
    record.omninode_circuit_breaker_transitions_total(count, { component, from, to }, firstMs);
  }
  record.omninode_circuit_breaker_trips_total(course.trips, { component }, course.tripsSinceMs);
  record.omninode_circuit_breaker_recovery_seconds(course.recovery, { component }, firstMs);
  record.omninode_circuit_breaker_health_ratio(breakerHealth(course.window), { component, criticality });
  if (course.generation > 0) record.omninode_circuit_breaker_config_generation(course.generation, { component });

  for (const [outcome, total] of Object.entries(observation?.calls ?? {}) as [BreakerOutcome, number][]) {
    record.omninode_circuit_breaker_calls_total(total, { component, outcome }, course.callsSinceMs);
  }
  for (const name of figureNames) {
    record[`omninode_circuit_breaker_${name}`](observation?.figures[name], { component });
  }
  for (const change of changes) record.event('circuit_breaker.transition', transition(breaker, change));
  if (Object.keys(reconfigured).length > 0) {
    const { generation } = course;
    record.event('circuit_breaker.config_changed', { component, generation, changes: byMetric(reconfigured) });
  }
}

function transition({ component, criticality }: RecordedBreaker, change: Change) {
  const { from, to, cause, happenedMs, count, calls, failures } = change;
  const several = count > 1 ? count : undefined;
  return { component, criticality, from, to, cause, happened_ms: happenedMs, count: several, calls, failures };
}

function byMetric(reconfigured: Reconfigured): Reconfigured {
  const entries = Object.entries(reconfigured).map(([name, values]) => [`omninode_circuit_breaker_${name}`, values]);
  return Object.fromEntries(entries) as Reconfigured;
}
