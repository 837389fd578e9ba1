import { partitionOf } from '@omninode/contracts';
import type { Clock } from './clock.js';

export interface Schedule {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Where in the interval the ticks lie, 0 to 1: see `phaseOf`. */
  readonly phase: number;
  readonly signal: AbortSignal;
}

/**
 * Calls `onTick` at a fixed rate until the signal aborts: the first time almost at once, then at the phase in each interval.
 * Ticks that could not be kept (a busy or suspended process) are left out, never made up for.
 */
export async function keepSchedule({ clock, intervalMs, phase, signal }: Schedule, onTick: () => void): Promise<void> {
  const startMs = clock.elapsedMs();
  let dueMs = startMs + phase * Math.min(intervalMs / 10, 1_000);
  let next = startMs + phase * intervalMs;
  while (next < dueMs + intervalMs / 2) next += intervalMs;
  for (;;) {
    await clock.wait(Math.max(0, dueMs - clock.elapsedMs()), signal);
    if (signal.aborted) return;
    onTick();
    while (next <= Math.max(dueMs, clock.elapsedMs())) next += intervalMs; // a timer may also end a little early
    dueMs = next;
  }
}

/** Spreads targets evenly over an interval, the same on every replica and after every start. */
export function phaseOf(target: string, lane: string): number {
  return partitionOf(`${lane}/${target}`, 1_000_000) / 1_000_000;
}
