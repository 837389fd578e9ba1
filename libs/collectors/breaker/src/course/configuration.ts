import type { Observation } from '../observation.js';
import type { Course } from './course.js';

/** What changed of a configuration: name → value before and after; `null`: not told. */
export type Reconfigured = Readonly<Record<string, readonly [before: number | null, after: number | null]>>;

export function configurationOf({ figures }: Observation): Record<string, number> {
  const told = Object.entries(figures).filter(([name, value]) => name.startsWith('config_') && value !== undefined);
  return Object.fromEntries(told) as Record<string, number>;
}

/** The configuration after a pass; one that tells nothing of it leaves it as it was. The first one is generation 1. */
export function reconfigure(
  { configuration: before, generation }: Course,
  now: Observation,
): Pick<Course, 'configuration' | 'generation'> & { readonly reconfigured: Reconfigured } {
  const configuration = configurationOf(now);
  if (Object.keys(configuration).length === 0) return { configuration: before, generation, reconfigured: {} };
  if (generation === 0) return { configuration, generation: 1, reconfigured: {} };
  const names = [...new Set([...Object.keys(before), ...Object.keys(configuration)])];
  const changed = names.filter((name) => before[name] !== configuration[name]);
  const reconfigured = Object.fromEntries(
    changed.map((name) => [name, [before[name] ?? null, configuration[name] ?? null] as const]),
  );
  return { configuration, generation: generation + (changed.length > 0 ? 1 : 0), reconfigured };
}
