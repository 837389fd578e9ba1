import type { Observation } from '../observation.js';
import { configurationOf } from './configuration.js';
import type { Course } from './course.js';
import { emptyWindow } from './health-window.js';

export interface Seen {
  readonly atMs: number;
  /** When the source began to count, where it says, ms since 1970 UTC. */
  readonly startMs: number | null;
  /** For how long a state is believed when nothing is heard. After a longer gap nobody knows what the breaker did meanwhile. */
  readonly believeForMs: number;
}

/** The course of a breaker that is told of for the first time. What the source counted before is in the totals, and has its start. */
export function begin(now: Observation, { atMs, startMs }: Omit<Seen, 'believeForMs'>): Course {
  const { kind, library, state, openings, calls, stateSeconds } = now;
  const isTimed = Object.keys(stateSeconds).length > 0;
  const configuration = configurationOf(now);
  return {
    kind,
    library,
    firstMs: atMs,
    passMs: atMs,
    toldMs: atMs,
    state,
    knownState: state,
    trips: isTellingOfTrips(now) ? (openings?.total ?? 0) : null,
    tripsSinceMs: openings ? startMs : atMs,
    transitions: {},
    stateSeconds: isTimed ? { ...stateSeconds } : { [state]: 0 },
    stateSecondsSinceMs: isTimed ? startMs : atMs,
    source: {
      startMs,
      calls: { ...calls },
      stateSeconds: { ...stateSeconds },
      ...(openings && { openings: openings.total }),
    },
    callsSinceMs: startMs,
    outage: knownOutage(now),
    recovery: null,
    window: emptyWindow,
    configuration,
    generation: Object.keys(configuration).length > 0 ? 1 : 0,
    lastChange: lastChangeOf(now),
  };
}

export function isTellingOfTrips({ state, openings, changes }: Observation): boolean {
  return state !== 'unknown' || openings !== undefined || changes !== undefined;
}

/** Empty: the source remembers none yet. `null`: it does not tell. */
export function lastChangeOf({ changes }: Observation): string | null {
  return changes ? (changes.at(-1)?.key ?? '') : null;
}

/** It is open since a change that the source remembers: then its recovery will be known. */
function knownOutage({ state, changes }: Observation): Course['outage'] {
  const last = changes?.at(-1);
  const isKnown = state === 'open' && last?.from === 'closed' && last.to === 'open';
  return isKnown ? { sinceMs: last.happenedMs, seconds: null } : null;
}
