import { counter, defineEvents, defineMetrics, exponential, gauge } from '../catalogue.js';

/**
 * What there is to say of a circuit breaker, in the same words whoever says it: the client from inside a service, the breaker
 * collector from outside. `component` is the breaker's name. Names of states, never numbers: 2 is half-open to one library
 * and open to the next.
 */

/**
 * `forced_open`: held open by hand (isolated, in cockatiel and Polly). `disabled`: lets all calls through. `metrics_only`: counts
 * and lets all through. `unknown`: the source does not say, or said something that nothing maps; never taken for closed.
 */
export const breakerStates = [
  'closed',
  'open',
  'half_open',
  'forced_open',
  'disabled',
  'metrics_only',
  'shutdown',
  'unknown',
] as const;
export type BreakerState = (typeof breakerStates)[number];

/**
 * How a call ended. `rejected`: not let through, because the breaker was open. `bulkhead`: not let through, because too many
 * were under way. `ignored`: it failed in a way that the breaker was told not to count. A call has one outcome, so a timeout
 * is not a failure too.
 */
export const breakerOutcomes = ['success', 'failure', 'timeout', 'rejected', 'bulkhead', 'ignored'] as const;
export type BreakerOutcome = (typeof breakerOutcomes)[number];

/** How much depends on what the breaker protects. `unspecified`: nobody said. */
export const breakerCriticalities = ['critical', 'high', 'medium', 'low', 'unspecified'] as const;
export type BreakerCriticality = (typeof breakerCriticalities)[number];

/** `error` opens on failures, `concurrency` on too many calls at once, `outlier` takes single hosts out of a cluster. */
export const breakerKinds = ['error', 'concurrency', 'outlier'] as const;
export type BreakerKind = (typeof breakerKinds)[number];

/** Why a breaker changed its state. `unknown`: seen from outside, where only the change shows. */
export const breakerCauses = ['threshold', 'probe', 'manual', 'tuner', 'startup', 'unknown'] as const;
export type BreakerCause = (typeof breakerCauses)[number];

export const breakerMetrics = defineMetrics({
  omninode_circuit_breaker_info: gauge(
    'boolean',
    'Always 1: its labels tell what the breaker is, for joins with its other series. Absent when nothing tells of the breaker.',
    ['component', 'criticality', 'kind', 'library'],
  ),
  omninode_circuit_breaker_status: gauge(
    'boolean',
    'One series for each state: 1 for the one that the breaker is in, 0 for the others. The state is unknown where the source does not say. Absent when nothing tells of the breaker.',
    ['component', 'criticality', 'state'],
  ),
  omninode_circuit_breaker_state_seconds_total: counter(
    'seconds',
    'Time that the breaker spent in each state. Absent for states that it was never seen in.',
    ['component', 'state'],
  ),
  omninode_circuit_breaker_transitions_total: counter(
    'events',
    'Changes of state. Absent for changes that never occurred; a source that only counts openings tells of no others.',
    ['component', 'from', 'to'],
  ),
  omninode_circuit_breaker_trips_total: counter(
    'events',
    'Times that the breaker opened after it had been closed; 0 from its first sight on. Where the source counts openings only, those after a failed probe are in it too. Absent when neither states nor openings are told.',
    ['component'],
  ),
  omninode_circuit_breaker_calls_total: counter(
    'calls',
    'Calls by how they ended: success, failure, timeout, rejected, bulkhead, ignored. Absent for outcomes that the source does not count.',
    ['component', 'outcome'],
  ),
  omninode_circuit_breaker_call_duration_seconds: exponential(
    'seconds',
    'How long the calls took that were let through. Absent where the breaker is only seen from outside.',
    ['component', 'outcome'],
  ),
  omninode_circuit_breaker_recovery_seconds: exponential(
    'seconds',
    'How long it took from opening to being closed again, failed probes included. Absent until the breaker first recovers.',
    ['component'],
  ),
  omninode_circuit_breaker_health_ratio: gauge(
    'ratio',
    'Health of the breaker over about the latest five minutes: 1 less the greater of the share of calls lost and the share of time open. Absent below 20 calls in that time.',
    ['component', 'criticality'],
  ),
  omninode_circuit_breaker_failure_ratio: gauge(
    'ratio',
    'Share of failures in the window of the breaker, as it compares it with its threshold. Absent while it has too few calls to judge, or does not say.',
    ['component'],
  ),
  omninode_circuit_breaker_slow_call_ratio: gauge(
    'ratio',
    'Share of slow calls in the window of the breaker, as it compares it with its threshold. Absent while it has too few calls to judge, or does not say.',
    ['component'],
  ),
  omninode_circuit_breaker_ejected_ratio: gauge(
    'ratio',
    'Share of the hosts of a cluster that outlier detection has taken out. Absent for other kinds of breakers.',
    ['component'],
  ),
  omninode_circuit_breaker_config_failure_threshold_ratio: gauge(
    'ratio',
    'Share of failures at which the breaker opens, as it is in force. Absent when it does not say, or opens on a count.',
    ['component'],
  ),
  omninode_circuit_breaker_config_slow_call_threshold_ratio: gauge(
    'ratio',
    'Share of slow calls at which the breaker opens, as it is in force. Absent when it does not say.',
    ['component'],
  ),
  omninode_circuit_breaker_config_failure_threshold: gauge(
    'calls',
    'Count of failures at which the breaker opens, as it is in force. Absent when it does not say, or opens on a share.',
    ['component'],
  ),
  omninode_circuit_breaker_config_minimum_calls: gauge(
    'calls',
    'Calls that must be in the window before the breaker may open, as in force. Absent when it does not say.',
    ['component'],
  ),
  omninode_circuit_breaker_config_capacity: gauge(
    'calls',
    'Calls that may be under way at once, as in force. Absent when it does not say, or there is no limit.',
    ['component'],
  ),
  omninode_circuit_breaker_config_half_open_calls: gauge(
    'calls',
    'Calls that are let through to try whether the breaker may close, as in force. Absent when it does not say.',
    ['component'],
  ),
  omninode_circuit_breaker_config_timeout_seconds: gauge(
    'seconds',
    'After this a call counts as failed, as in force. Absent when it does not say, or has no timeout.',
    ['component'],
  ),
  omninode_circuit_breaker_config_reset_timeout_seconds: gauge(
    'seconds',
    'How long the breaker stays open before it tries again, as in force. Absent when it does not say.',
    ['component'],
  ),
  omninode_circuit_breaker_config_window_seconds: gauge(
    'seconds',
    'Length of the window over which failures are judged, as in force. Absent when it does not say, or counts calls instead.',
    ['component'],
  ),
  omninode_circuit_breaker_config_generation: gauge(
    'version',
    'Counts the changes of the configuration in force since the first sight of the breaker, which is 1. Absent when it does not say its configuration.',
    ['component'],
  ),
});

export const breakerEvents = defineEvents({
  'circuit_breaker.transition': {
    meaning: 'A breaker changed its state. With `count`, several such changes that only counters tell of.',
    attributes: {
      component: "The breaker's name.",
      criticality: 'critical, high, medium, low or unspecified.',
      from: 'State before; unknown where only the opening was counted.',
      to: 'State after.',
      cause: 'threshold, probe, manual, tuner, startup or unknown.',
      happened_ms:
        'When it happened by the clock of the source, ms since 1970 UTC. Absent: between this pass and the one before.',
      count: 'How many such changes this tells of; absent: one.',
      calls: 'Calls in the window of the breaker before the change. Absent when the source does not say.',
      failures: 'Failures among them. Absent when the source does not say.',
    },
  },
  'circuit_breaker.config_changed': {
    meaning: 'The configuration in force of a breaker is another one than before.',
    attributes: {
      component: "The breaker's name.",
      generation: 'Value of omninode_circuit_breaker_config_generation from now on.',
      changes:
        'For each metric of the configuration that changed: its name, the value before and after; null: not told.',
    },
  },
});

/** What happened to a breaker in the time that its health is judged over. */
export interface BreakerWindow {
  /** Calls of any outcome but `ignored`. */
  readonly attempts: number;
  /** Those among them that did not end in success. */
  readonly lost: number;
  /** Time in which the state was known, s. */
  readonly watchedSeconds: number;
  /** Of this, time in which it was open or forced open, s. */
  readonly openSeconds: number;
}

/** Below this many attempts in the window nobody can tell a good breaker from a lucky one. */
export const breakerMinimumAttempts = 20;

/**
 * `omninode_circuit_breaker_health_ratio`: 1 − max(lost / attempts, openSeconds / watchedSeconds). The greater of the two and not
 * their sum, because an open breaker rejects: the same trouble would count twice. A breaker whose state nobody knows is judged by
 * its calls alone. `undefined`: not known, for want of attempts.
 */
export function breakerHealth({ attempts, lost, watchedSeconds, openSeconds }: BreakerWindow): number | undefined {
  if (attempts < breakerMinimumAttempts) return undefined;
  const openShare = watchedSeconds > 0 ? openSeconds / watchedSeconds : 0;
  return 1 - Math.min(1, Math.max(lost / attempts, openShare));
}
