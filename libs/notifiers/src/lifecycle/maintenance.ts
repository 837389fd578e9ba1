import type { Matcher } from './matcher.js';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** A declared time in which alerts that match are not told. */
export interface MaintenanceWindow {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  isOpen(atMs: number): boolean;
}

export interface RecurringTimes {
  /** On which it begins. */
  readonly weekdays: readonly Weekday[];
  /** Minutes since midnight, 0 to 1440. `toMinute` at or before `fromMinute` is on the day after. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name, such as Europe/Zurich. Throws a RangeError when there is none of that name. */
  readonly timeZone: string;
}

/** Open from `startMs` to before `endMs`, ms since 1970 UTC. */
export function oneOff(startMs: number, endMs: number): MaintenanceWindow['isOpen'] {
  return (atMs) => atMs >= startMs && atMs < endMs;
}

/** Open by the clock on the wall of the time zone: an hour that summer time leaves out is not there, one that it repeats counts twice. */
export function recurring({
  weekdays: days,
  fromMinute,
  toMinute,
  timeZone,
}: RecurringTimes): MaintenanceWindow['isOpen'] {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (atMs) => {
    const { weekday, minute } = wallClock(clock, atMs);
    if (toMinute > fromMinute) return days.includes(weekday) && minute >= fromMinute && minute < toMinute;
    return (days.includes(weekday) && minute >= fromMinute) || (days.includes(dayBefore(weekday)) && minute < toMinute);
  };
}

/** Minutes since midnight of `22:30`, and of `24:00`; undefined for what is none. */
export function parseTimeOfDay(text: string): number | undefined {
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minutes <= 1_440 ? minutes : undefined;
}

function wallClock(clock: Intl.DateTimeFormat, atMs: number): { weekday: Weekday; minute: number } {
  const parts = new Map(clock.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return {
    weekday: (parts.get('weekday') ?? '').toLowerCase() as Weekday,
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

function dayBefore(weekday: Weekday): Weekday {
  return weekdays[(weekdays.indexOf(weekday) + 6) % 7] as Weekday;
}
