import type { BreakerOutcome, BreakerState } from '@omninode/contracts';
import type { Observation } from '../observation.js';
import type { Course } from './course.js';

/** What the totals of a source grew by since the pass before. */
export interface Growths {
  /** The source began anew: its totals count from 0 again. */
  readonly isRestart: boolean;
  /** `undefined`: it does not count openings, or did not before. */
  readonly openings: number | undefined;
  readonly calls: Readonly<Partial<Record<BreakerOutcome, number>>>;
  readonly stateSeconds: Readonly<Partial<Record<BreakerState, number>>>;
  /** The totals to compare the next pass with. */
  readonly source: Course['source'];
}

/**
 * A later start of the source proves a restart also where the totals have outgrown the old ones; without it, a total that fell
 * does. After a restart all that a total holds is growth. A total that a pass does not tell of keeps its last value: it may
 * have been cut off, and is no news when it comes back.
 */
export function growthsOf({ source }: Course, now: Observation, startMs: number | null): Growths {
  const isRestart =
    startsDiffer(source.startMs, startMs) ||
    (now.openings !== undefined && now.openings.total < (source.openings ?? 0)) ||
    hasFallen(now.calls, source.calls) ||
    hasFallen(now.stateSeconds, source.stateSeconds);
  const before: Course['source'] = isRestart
    ? { startMs, calls: {}, stateSeconds: {}, ...(source.openings !== undefined && { openings: 0 }) }
    : source;
  const openings = now.openings?.total ?? before.openings;
  return {
    isRestart,
    openings: before.openings === undefined || openings === undefined ? undefined : openings - before.openings,
    calls: grownBy(now.calls, before.calls),
    stateSeconds: grownBy(now.stateSeconds, before.stateSeconds),
    source: {
      startMs: startMs ?? before.startMs,
      calls: { ...before.calls, ...now.calls },
      stateSeconds: { ...before.stateSeconds, ...now.stateSeconds },
      ...(openings !== undefined && { openings }),
    },
  };
}

/** Some compute the start of their process anew each time, from two clocks. */
const startToleranceMs = 2_000;

function startsDiffer(before: number | null, now: number | null): boolean {
  return before !== null && now !== null && Math.abs(now - before) > startToleranceMs;
}

type Totals<K extends string> = Readonly<Partial<Record<K, number>>>;

function hasFallen<K extends string>(now: Totals<K>, before: Totals<K>): boolean {
  return entriesOf(before).some(([key, value]) => (now[key] ?? Infinity) < value);
}

function grownBy<K extends string>(now: Totals<K>, before: Totals<K>): Totals<K> {
  return Object.fromEntries(entriesOf(now).map(([key, value]) => [key, value - (before[key] ?? 0)])) as Totals<K>;
}

function entriesOf<K extends string>(totals: Totals<K>): [K, number][] {
  return (Object.entries(totals) as [K, number | undefined][]).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as [K, number]],
  );
}
