import type { BreakerState } from '@omninode/contracts';
import type { Observation } from '../observation.js';
import { begin, isTellingOfTrips, lastChangeOf } from './begin.js';
import type { Seen } from './begin.js';
import { changesSince, tripsIn } from './changes.js';
import type { Change } from './changes.js';
import { reconfigure } from './configuration.js';
import type { Reconfigured } from './configuration.js';
import type { Course } from './course.js';
import { growthsOf } from './growths.js';
import type { Growths } from './growths.js';
import { fadedWindow } from './health-window.js';
import { followOutages } from './outages.js';
import { addRecovery } from './recovery.js';
import { timeInStates } from './state-time.js';

export interface Followed {
  readonly course: Course;
  readonly changes: readonly Change[];
  readonly reconfigured: Reconfigured;
}

/** Takes what a pass says of a breaker into its course. */
export function follow(before: Course | undefined, told: Observation, seen: Seen): Followed {
  if (!before) return { course: begin(told, seen), changes: [], reconfigured: {} };
  const { atMs, startMs, believeForMs } = seen;
  const elapsedMs = atMs - before.passMs;
  const growths = growthsOf(before, told, startMs);
  const now = told.state === 'unknown' ? { ...told, state: stateByTime(growths, elapsedMs) } : told;
  const changes = changesSince(before, now, growths);
  const times = timeInStates(before, { now, changes, growths, atMs, believeForMs });
  const isGap = elapsedMs > believeForMs;
  const lasting = isGap ? null : before.outage;
  const { outage, recoveredSeconds } = followOutages(lasting, changes, { atMs, secondsOut: secondsOut(growths) });
  const { reconfigured, ...configured } = reconfigure(before, now);
  const course: Course = {
    ...before,
    ...configured,
    ...tripsAfter(before, now, tripsIn(changes, growths.openings), atMs),
    kind: now.kind,
    library: now.library,
    passMs: atMs,
    toldMs: atMs,
    state: now.state,
    knownState: now.state === 'unknown' ? before.knownState : now.state,
    transitions: addTransitions(before.transitions, changes),
    stateSeconds: addTimes(before.stateSeconds, times),
    source: growths.source,
    callsSinceMs: startMs ?? (growths.isRestart ? before.passMs : before.callsSinceMs),
    outage,
    recovery: recoveredSeconds.reduce(addRecovery, before.recovery),
    // What happened in a gap is not of the latest minutes.
    window: fadedWindow(
      before.window,
      elapsedMs / 1000,
      isGap ? { calls: {}, times: {} } : { calls: growths.calls, times },
    ),
    lastChange: lastChangeOf(now) || before.lastChange,
  };
  return { course, changes, reconfigured };
}

/** A pass that did not tell of a breaker: nobody knows its state any more. */
export function missed(before: Course, atMs: number): Course {
  const elapsedSeconds = Math.max(0, atMs - before.passMs) / 1000;
  return {
    ...before,
    passMs: atMs,
    state: 'unknown',
    outage: null,
    stateSeconds: addTimes(before.stateSeconds, { unknown: elapsedSeconds }),
    window: fadedWindow(before.window, elapsedSeconds, { calls: {}, times: {} }),
  };
}

/** A source that counts time in states tells with it which one it was in, where it was one all the time. */
function stateByTime({ isRestart, stateSeconds }: Growths, elapsedMs: number): BreakerState {
  const grown = Object.entries(stateSeconds).filter(([, seconds]) => seconds > 0);
  const [state, seconds] = grown[0] ?? ['unknown', 0];
  const isWhole = grown.length === 1 && seconds * 1000 > elapsedMs / 2;
  return isWhole && !isRestart ? (state as BreakerState) : 'unknown';
}

function secondsOut({ stateSeconds: { open, half_open } }: Growths): number | undefined {
  return open === undefined ? undefined : open + (half_open ?? 0);
}

function tripsAfter(
  { trips, tripsSinceMs }: Course,
  now: Observation,
  more: number,
  atMs: number,
): Pick<Course, 'trips' | 'tripsSinceMs'> {
  if (trips !== null) return { trips: trips + more, tripsSinceMs };
  return isTellingOfTrips(now) ? { trips: 0, tripsSinceMs: atMs } : { trips, tripsSinceMs };
}

function addTransitions(before: Course['transitions'], changes: readonly Change[]): Course['transitions'] {
  const transitions = { ...before };
  for (const { from, to, count } of changes) {
    const key = `${from}>${to}`;
    transitions[key] = (transitions[key] ?? 0) + count;
  }
  return transitions;
}

function addTimes(before: Course['stateSeconds'], more: Course['stateSeconds']): Course['stateSeconds'] {
  const times = { ...before };
  for (const [state, seconds] of Object.entries(more) as [BreakerState, number][]) {
    times[state] = (times[state] ?? 0) + seconds;
  }
  return times;
}
