import { breakerOutcomes } from '@omninode/contracts';
import type { BreakerState, BreakerWindow } from '@omninode/contracts';
import type { Growths } from './growths.js';

/** How fast the window forgets: at a steady rate it holds as much as happens in this time. */
const memorySeconds = 300;

export const emptyWindow: BreakerWindow = { attempts: 0, lost: 0, watchedSeconds: 0, openSeconds: 0 };

/**
 * The window of `breakerHealth`, kept without a list of passes: what is in it fades by half in 208 s, so that it holds about the
 * latest five minutes.
 */
export function fadedWindow(
  window: BreakerWindow,
  elapsedSeconds: number,
  { calls, times }: { readonly calls: Growths['calls']; readonly times: Times },
): BreakerWindow {
  const fade = Math.exp(-Math.max(0, elapsedSeconds) / memorySeconds);
  const counted = breakerOutcomes.filter((outcome) => outcome !== 'ignored');
  const attempts = sum(counted.map((outcome) => calls[outcome]));
  const known = Object.entries(times).filter(([state]) => state !== 'unknown');
  return {
    attempts: window.attempts * fade + attempts,
    lost: window.lost * fade + attempts - (calls.success ?? 0),
    watchedSeconds: window.watchedSeconds * fade + sum(known.map(([, seconds]) => seconds)),
    openSeconds: window.openSeconds * fade + sum([times.open, times.forced_open]),
  };
}

type Times = Readonly<Partial<Record<BreakerState, number>>>;

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
