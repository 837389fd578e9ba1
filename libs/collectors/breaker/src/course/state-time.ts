import type { BreakerState } from '@omninode/contracts';
import type { Observation } from '../observation.js';
import type { Seen } from './begin.js';
import type { Change } from './changes.js';
import type { Course } from './course.js';
import type { Growths } from './growths.js';

/** Time spent in each state since the pass before, s. A clock that went back gives none, one that leapt gives unknown. */
export function timeInStates(
  before: Course,
  { now, changes, growths, atMs, believeForMs }: Meanwhile,
): Partial<Record<BreakerState, number>> {
  if (Object.keys(now.stateSeconds).length > 0) return growths.stateSeconds;
  const elapsedMs = atMs - before.passMs;
  if (elapsedMs > believeForMs) return { unknown: elapsedMs / 1000 };
  const seconds: Partial<Record<BreakerState, number>> = {};
  let [state, sinceMs] = [before.state, before.passMs];
  for (const { to, happenedMs } of changes) {
    if (happenedMs === undefined) continue;
    const untilMs = Math.min(atMs, Math.max(sinceMs, happenedMs));
    add(seconds, state, untilMs - sinceMs);
    [state, sinceMs] = [to, untilMs];
  }
  add(seconds, state, atMs - sinceMs);
  return seconds;
}

interface Meanwhile extends Pick<Seen, 'atMs' | 'believeForMs'> {
  readonly now: Observation;
  readonly changes: readonly Change[];
  readonly growths: Growths;
}

function add(seconds: Partial<Record<BreakerState, number>>, state: BreakerState, ms: number): void {
  if (ms > 0) seconds[state] = (seconds[state] ?? 0) + ms / 1000;
}
