import type { Change } from './changes.js';
import type { Course } from './course.js';

type Outage = Course['outage'];

/** What is known of outages after a pass: the one that lasts, and how long those took that ended in it. */
export interface Outages {
  readonly outage: Outage;
  readonly recoveredSeconds: readonly number[];
}

export interface OutagePass {
  readonly atMs: number;
  /** Time in open and half-open since the pass before, as the source counts it; `undefined` where it does not. */
  readonly secondsOut: number | undefined;
}

/**
 * Follows openings and closings. Where the source tells when they happened, exactly; else to the length of a pass. An outage
 * whose begin or end nobody saw gives no recovery: no figure is better than a wrong one.
 */
export function followOutages(before: Outage, all: readonly Change[], pass: OutagePass): Outages {
  const startup = all.findLastIndex(({ cause }) => cause === 'startup');
  const changes = all.slice(startup + 1);
  const lasting = startup >= 0 ? null : before;
  const isTimed = changes.length > 0 && changes.every(({ happenedMs }) => happenedMs !== undefined);
  return isTimed ? byTime(lasting, changes) : byPass(lasting, changes, pass);
}

function byTime(before: Outage, changes: readonly Change[]): Outages {
  let outage = before;
  const recoveredSeconds: number[] = [];
  for (const { from, to, happenedMs: atMs = 0 } of changes) {
    if (isBegin({ from, to })) outage = { sinceMs: atMs, seconds: null };
    if (to !== 'closed') continue;
    if (outage && atMs >= outage.sinceMs) recoveredSeconds.push((atMs - outage.sinceMs) / 1000);
    outage = null;
  }
  return { outage, recoveredSeconds };
}

function byPass(before: Outage, changes: readonly Change[], { atMs, secondsOut }: OutagePass): Outages {
  const begins = countOf(changes.filter(isBegin));
  const ends = countOf(changes.filter(({ to }) => to === 'closed'));
  const none: readonly number[] = [];
  if (begins === 0 && ends === 0) return { outage: before && outlast(before, secondsOut), recoveredSeconds: none };
  if (begins === 0 && ends === 1)
    return { outage: null, recoveredSeconds: before ? took(outlast(before, secondsOut), atMs) : none };
  const isOneWhole = !before && begins === 1 && ends === 1 && changes.at(-1)?.to === 'closed';
  if (isOneWhole) return { outage: null, recoveredSeconds: secondsOut === undefined ? none : [secondsOut] };
  if (changes.at(-1)?.to === 'closed') return { outage: null, recoveredSeconds: none };
  if (ends === 0 && before) return { outage: outlast(before, secondsOut), recoveredSeconds: none };
  // Of the first of several nobody knows how long it lasted.
  const seconds = begins === 1 && ends === 0 ? (secondsOut ?? null) : null;
  return { outage: { sinceMs: changes.find(isBegin)?.happenedMs ?? atMs, seconds }, recoveredSeconds: none };
}

/** An opening after a failed probe is of the same outage. */
function isBegin({ from, to }: Pick<Change, 'from' | 'to'>): boolean {
  return to === 'open' && from !== 'half_open';
}

function outlast({ sinceMs, seconds }: NonNullable<Outage>, more: number | undefined): NonNullable<Outage> {
  return { sinceMs, seconds: seconds === null || more === undefined ? null : seconds + more };
}

/** The source's own count is exact. Of a clock that went back nothing is known. */
function took({ sinceMs, seconds }: NonNullable<Outage>, atMs: number): readonly number[] {
  if (seconds !== null) return [seconds];
  return atMs >= sinceMs ? [(atMs - sinceMs) / 1000] : [];
}

function countOf(changes: readonly Change[]): number {
  return changes.reduce((sum, { count }) => sum + count, 0);
}
