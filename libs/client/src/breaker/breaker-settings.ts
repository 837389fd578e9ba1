import { breakerMetrics } from '@omninode/contracts';
import type { Level } from '../meter/instruments.js';
import type { WatchContext } from '../watch/watch.js';

/** The configuration in force, by the endings of the metrics that tell of it. What is left out the library does not say. */
export type SettingValues = { readonly [Name in SettingName]?: number | undefined };

const settingNames = [
  'failure_threshold_ratio',
  'failure_threshold',
  'minimum_calls',
  'capacity',
  'half_open_calls',
  'timeout_seconds',
  'reset_timeout_seconds',
  'window_seconds',
] as const;
type SettingName = (typeof settingNames)[number];

/** Tells the configuration in force of a breaker, and when it changes: some of it can be changed while the breaker runs. */
export class BreakerSettings {
  private readonly levels: ReadonlyMap<SettingName, Level>;
  private readonly generation: Level;
  private last: SettingValues | undefined;

  constructor(
    private readonly context: WatchContext,
    private readonly component: string,
  ) {
    const { meter } = context;
    const levelOf = (name: SettingName) =>
      meter.level(breakerMetrics, `omninode_circuit_breaker_config_${name}`, { component });
    this.levels = new Map(settingNames.map((name) => [name, levelOf(name)]));
    this.generation = meter.level(breakerMetrics, 'omninode_circuit_breaker_config_generation', { component });
  }

  observe(values: SettingValues): void {
    const { last } = this;
    this.last = values;
    for (const [name, level] of this.levels) level.set(values[name]);
    if (settingNames.every((name) => values[name] === undefined)) return;
    if (last === undefined) return this.generation.set(1);
    const changed = settingNames.filter((name) => values[name] !== last[name]);
    if (changed.length === 0) return;
    const generation = (this.generation.value ?? 0) + 1;
    this.generation.set(generation);
    const changes = changed.map((name) => [
      `omninode_circuit_breaker_config_${name}`,
      { before: last[name] ?? null, after: values[name] ?? null },
    ]);
    this.context.event({
      name: 'circuit_breaker.config_changed',
      timeMs: this.context.now(),
      attributes: { component: this.component, generation, changes: Object.fromEntries(changes) },
    });
  }

  end(): void {
    for (const level of [this.generation, ...this.levels.values()]) level.set(undefined);
  }
}
