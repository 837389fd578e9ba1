import { breakerMetrics, breakerStates } from '@omninode/contracts';
import type { BreakerCause, BreakerCriticality, BreakerOutcome, BreakerState } from '@omninode/contracts';
import type { ExponentialHistogram } from '@omninode/publisher';
import { onceEach } from '../meter/instruments.js';
import type { Level, Total } from '../meter/instruments.js';
import type { WatchContext } from '../watch/watch.js';
import { BreakerSettings } from './breaker-settings.js';
import type { SettingValues } from './breaker-settings.js';
import { HealthWindow } from './health-window.js';

export interface BreakerDescription {
  /** The breaker's name. */
  readonly component: string;
  readonly criticality: BreakerCriticality;
  readonly library: string;
}

/** What was in the breaker's own window before a change of its state, as far as its library tells. */
export interface WindowCounts {
  readonly calls?: number;
  readonly failures?: number;
}

/** What one breaker has done, whichever library it is of. Durations are told in seconds, `atMs` is by the monotonic clock. */
export class BreakerAccount {
  private readonly window = new HealthWindow();
  private readonly settings: BreakerSettings;
  private readonly info: Level;
  private readonly statuses: ReadonlyMap<BreakerState, Level>;
  private readonly health: Level;
  private readonly failureRatio: Level;
  private readonly trips: Total;
  private readonly callsOf: (outcome: BreakerOutcome) => Total;
  private readonly durationOf: (outcome: BreakerOutcome) => ExponentialHistogram;
  /** When it left the closed state; absent: it is closed, or left it in another way than by opening. */
  private openedAtMs: number | undefined;

  constructor(
    private readonly context: WatchContext,
    private readonly about: BreakerDescription,
    private current: BreakerState,
    private sinceMs: number,
  ) {
    const { meter } = context;
    const { component, criticality, library } = about;
    this.info = meter.level(breakerMetrics, 'omninode_circuit_breaker_info', {
      component,
      criticality,
      kind: 'error',
      library,
    });
    const statusOf = (state: BreakerState) =>
      meter.level(breakerMetrics, 'omninode_circuit_breaker_status', { component, criticality, state });
    this.statuses = new Map(breakerStates.map((state) => [state, statusOf(state)]));
    this.health = meter.level(breakerMetrics, 'omninode_circuit_breaker_health_ratio', { component, criticality });
    this.failureRatio = meter.level(breakerMetrics, 'omninode_circuit_breaker_failure_ratio', { component });
    this.trips = meter.total(breakerMetrics, 'omninode_circuit_breaker_trips_total', { component });
    this.callsOf = onceEach((outcome) =>
      meter.total(breakerMetrics, 'omninode_circuit_breaker_calls_total', { component, outcome }),
    );
    this.durationOf = onceEach((outcome) =>
      meter.distribution(breakerMetrics, 'omninode_circuit_breaker_call_duration_seconds', { component, outcome }),
    );
    this.settings = new BreakerSettings(context, component);
    if (current === 'open') this.openedAtMs = sinceMs;
  }

  get state(): BreakerState {
    return this.current;
  }

  /** The breaker is in this state from now on. The same state again is no change. */
  enter(state: BreakerState, cause: BreakerCause, atMs: number, counts: WindowCounts = {}): void {
    const { current: from } = this;
    if (state === from) return;
    this.passTime(atMs);
    this.current = state;
    const { component, criticality } = this.about;
    const { meter, event, now } = this.context;
    meter.total(breakerMetrics, 'omninode_circuit_breaker_transitions_total', { component, from, to: state }).add();
    if (from === 'closed' && state === 'open') this.trips.add();
    this.followRecovery(state, atMs);
    const happenedMs = now();
    const attributes = { component, criticality, from, to: state, cause, happened_ms: happenedMs, ...counts };
    event({ name: 'circuit_breaker.transition', timeMs: happenedMs, attributes });
  }

  /** `durationMs`: how long it took, for calls that were let through. */
  call(outcome: BreakerOutcome, atMs: number, durationMs?: number): void {
    this.callsOf(outcome).add();
    if (durationMs !== undefined) this.durationOf(outcome).record(durationMs / 1_000);
    if (outcome !== 'ignored') this.window.call(outcome !== 'success', atMs);
  }

  /** For each pass. `undefined`: the library does not say. */
  observe(atMs: number, settings: SettingValues, failureRatio: number | undefined): void {
    this.passTime(atMs);
    this.info.set(1);
    for (const [state, level] of this.statuses) level.set(state === this.current ? 1 : 0);
    this.health.set(this.window.health(atMs));
    this.failureRatio.set(failureRatio);
    this.settings.observe(settings);
  }

  /** It is watched no more. */
  end(): void {
    for (const level of [this.info, this.health, this.failureRatio, ...this.statuses.values()]) level.set(undefined);
    this.settings.end();
  }

  private passTime(atMs: number): void {
    const seconds = Math.max(0, atMs - this.sinceMs) / 1_000;
    this.sinceMs = atMs;
    const labels = { component: this.about.component, state: this.current };
    this.context.meter.total(breakerMetrics, 'omninode_circuit_breaker_state_seconds_total', labels).add(seconds);
    if (this.current === 'unknown') return;
    this.window.passTime(seconds, this.current === 'open' || this.current === 'forced_open', atMs);
  }

  private followRecovery(state: BreakerState, atMs: number): void {
    if (state === 'open') this.openedAtMs ??= atMs;
    if (state === 'open' || state === 'half_open') return;
    if (state === 'closed' && this.openedAtMs !== undefined) {
      const labels = { component: this.about.component };
      const recovery = this.context.meter.distribution(
        breakerMetrics,
        'omninode_circuit_breaker_recovery_seconds',
        labels,
      );
      recovery.record((atMs - this.openedAtMs) / 1_000);
    }
    this.openedAtMs = undefined;
  }
}
