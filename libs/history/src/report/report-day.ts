import { dayMs } from '../keeper/hours.js';

/** A day of a calendar: 23 to 25 hours where clocks are changed. */
export interface ReportDay {
  /** `2026-11-24`. */
  readonly date: string;
  readonly timeZone: string;
  /** ms since 1970 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
}

const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The day with this date; `undefined` when the calendar has none such, or none at all in this zone. */
export function dayOfDate(date: string, timeZone: string): ReportDay | undefined {
  const [, year, month, day] = dateForm.exec(date) ?? [];
  const midnightMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (!Number.isFinite(midnightMs) || dateOf(midnightMs) !== date) return undefined;
  const fromMs = midnightIn(timeZone, midnightMs);
  return { date, timeZone, fromMs, toMs: midnightIn(timeZone, midnightMs + dayMs) };
}

/** The date on which a time falls. */
export function dateIn(timeZone: string, timeMs: number): string {
  return dateOf(timeMs + offsetMs(timeZone, timeMs));
}

export function dayBefore({ date, timeZone }: ReportDay): ReportDay {
  return dayOfDate(dateOf(Date.parse(`${date}T00:00:00Z`) - dayMs), timeZone)!;
}

function dateOf(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}

/** When a day begins there. Twice, because the offset that holds at the first guess may not be that of the midnight. */
function midnightIn(timeZone: string, utcMidnightMs: number): number {
  const guessMs = utcMidnightMs - offsetMs(timeZone, utcMidnightMs);
  return utcMidnightMs - offsetMs(timeZone, guessMs);
}

/** How much clocks there are ahead of UTC. */
function offsetMs(timeZone: string, timeMs: number): number {
  if (timeZone === 'UTC') return 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const read = Object.fromEntries(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]));
  const { year, month, day, hour, minute, second } = read as Record<string, number>;
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - Math.floor(timeMs / 1_000) * 1_000;
}
