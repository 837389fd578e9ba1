import type { BreakerCause, BreakerKind, BreakerOutcome, BreakerState } from '@omninode/contracts';

/** What a source says of one breaker in one pass. What it does not say is absent, and its state then is `unknown`. */
export interface Observation {
  /** The breaker's name. */
  readonly component: string;
  readonly kind: BreakerKind;
  /** The dialect in which it was told: `resilience4j`, `envoy`, … */
  readonly library: string;
  readonly state: BreakerState;
  /** Totals of time spent in states, s. */
  readonly stateSeconds: Readonly<Partial<Record<BreakerState, number>>>;
  /** Totals of calls. */
  readonly calls: Readonly<Partial<Record<BreakerOutcome, number>>>;
  /** Total of openings. `from`: `closed` where only those are counted, `unknown` where openings after a failed probe are too. */
  readonly openings?: { readonly total: number; readonly from: 'closed' | 'unknown' } | undefined;
  readonly figures: Readonly<Partial<Record<FigureName, number>>>;
  /** Changes of state that the source still remembers, oldest first; absent where it keeps none. */
  readonly changes?: readonly ToldChange[];
}

/** A change of state as the source tells it, with its own clock. */
export interface ToldChange {
  /** Tells this change from all others of the breaker. */
  readonly key: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly cause: BreakerCause;
  /** ms since 1970 UTC. */
  readonly happenedMs: number;
  readonly calls?: number;
  readonly failures?: number;
}

/** Figures that are published as they are told: each is the gauge `omninode_circuit_breaker_<name>`. */
export const figureNames = [
  'failure_ratio',
  'slow_call_ratio',
  'ejected_ratio',
  'config_failure_threshold_ratio',
  'config_slow_call_threshold_ratio',
  'config_failure_threshold',
  'config_minimum_calls',
  'config_capacity',
  'config_half_open_calls',
  'config_timeout_seconds',
  'config_reset_timeout_seconds',
  'config_window_seconds',
] as const;
export type FigureName = (typeof figureNames)[number];
