import type { BreakerCause, BreakerState } from '@omninode/contracts';
import type { Observation, ToldChange } from '../observation.js';
import { causeOf } from './cause-of.js';
import type { Course } from './course.js';
import type { Growths } from './growths.js';

/** A change of state, or several alike that only a counter tells of. */
export interface Change {
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly cause: BreakerCause;
  readonly count: number;
  /** By the clock of the source, ms since 1970 UTC; absent: between the pass before and this one. */
  readonly happenedMs?: number;
  readonly calls?: number | undefined;
  readonly failures?: number | undefined;
}

/**
 * What changed since the pass before, by the best witness that the source has: changes that it remembers; else its count of
 * openings; else the two states, between which a breaker may have opened and closed unseen, unless calls were rejected.
 */
export function changesSince(before: Course, now: Observation, growths: Growths): readonly Change[] {
  const anew = growths.isRestart ? restarted(before) : [];
  const from = anew.at(-1)?.to ?? before.knownState;
  const told = toldSince(before.lastChange, now.changes ?? []);
  if (told.length > 0) return [...anew, ...told, ...seen(told.at(-1)?.to ?? from, now.state)];
  if (growths.openings !== undefined) return [...anew, ...counted(from, now, growths.openings)];
  const isClosed = from === 'closed' && now.state === 'closed';
  const wasOpenUnseen = isClosed && (growths.calls.rejected ?? 0) > 0;
  return [...anew, ...(wasOpenUnseen ? [change('closed', 'open'), change('open', 'closed')] : seen(from, now.state))];
}

/** How many of the changes are trips. */
export function tripsIn(changes: readonly Change[], countedOpenings: number | undefined): number {
  if (countedOpenings !== undefined) return countedOpenings;
  const trips = changes.filter(({ from, to }) => from === 'closed' && to === 'open');
  return trips.reduce((sum, { count }) => sum + count, 0);
}

/** Every library makes a breaker closed, whatever the one before it was. */
function restarted({ knownState }: Course): readonly Change[] {
  if (knownState === 'closed' || knownState === 'unknown') return [];
  return [{ from: knownState, to: 'closed', cause: 'startup', count: 1 }];
}

/**
 * Sources remember the latest ones, so where the one that we took last is forgotten, all are news. `null`: none was told before,
 * and nobody knows which are old.
 */
function toldSince(lastChange: string | null, told: readonly ToldChange[]): readonly Change[] {
  if (lastChange === null) return [];
  const news = told.slice(told.findLastIndex(({ key }) => key === lastChange) + 1);
  return news.map(({ key: _key, ...rest }) => ({ ...rest, count: 1 }));
}

function counted(from: BreakerState, { openings, state }: Observation, count: number): readonly Change[] {
  // The count and the state are not read at one instant: that it opened is said when the count says so too.
  if (count === 0) return from === 'closed' && state === 'open' ? [] : seen(from, state);
  if (openings?.from !== 'closed') return [change('unknown', 'open', count), ...seen('open', state)];
  const closings = state === 'unknown' ? 0 : count - (isOut(state) ? 1 : 0);
  return [
    ...(isOut(from) ? [change(from, 'closed')] : []), // it can't open but from closed
    change('closed', 'open', count),
    ...(closings > 0 ? [change('open', 'closed', closings)] : []),
    ...(state === 'half_open' ? [change('open', 'half_open')] : []),
  ];
}

/** A breaker that is half-open was open before. */
function seen(from: BreakerState, to: BreakerState): readonly Change[] {
  if (from === to || from === 'unknown' || to === 'unknown') return [];
  if (from === 'closed' && to === 'half_open') return [change('closed', 'open'), change('open', 'half_open')];
  return [change(from, to)];
}

function change(from: BreakerState, to: BreakerState, count = 1): Change {
  return { from, to, cause: causeOf(from, to), count };
}

function isOut(state: BreakerState): boolean {
  return state === 'open' || state === 'half_open';
}
