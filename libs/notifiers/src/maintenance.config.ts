import { z } from 'zod';
import { oneOff, parseTimeOfDay, recurring, weekdays, type MaintenanceWindow } from './lifecycle/maintenance.js';
import { matcherList } from './matchers.config.js';

const timeOfDay = z
  .string()
  .refine((text) => parseTimeOfDay(text) !== undefined)
  .meta({ expects: 'a time of the day from 00:00 to 24:00, in quotes' });
const moment = z.iso
  .datetime({ offset: true })
  .meta({ expects: 'a moment with its offset, such as 2026-12-24T22:00:00+01:00' });

/** Windows of maintenance, once or every week. */
export const maintenanceConfig = z
  .array(
    z
      .object({
        name: z.string().min(1).max(100).describe('What is done there; shown with what it mutes.'),
        matchers: matcherList().describe('Which alerts are not told.'),
        start: moment.optional().describe('Once: from when.'),
        end: moment.optional().describe('Once: until when.'),
        weekdays: z
          .array(z.enum(weekdays))
          .min(1)
          .max(7)
          .optional()
          .describe('Every week: the days on which it begins.'),
        from: timeOfDay.optional().describe('Every week: from when.'),
        to: timeOfDay.optional().describe('Every week: until when; at or before `from` it is on the next day.'),
        timeZone: z
          .string()
          .refine(isTimeZone)
          .meta({ expects: 'an IANA time zone, such as Europe/Zurich' })
          .default('UTC')
          .describe('Every week: the time zone of from and to.'),
      })
      .superRefine((window, context) => {
        const problem = windowProblem(window);
        if (problem) context.addIssue({ code: 'custom', message: problem });
      })
      .transform(toWindow),
  )
  .max(100);

interface WindowConfig {
  readonly name: string;
  readonly matchers: MaintenanceWindow['matchers'];
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly weekdays?: readonly (typeof weekdays)[number][] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly timeZone: string;
}

function windowProblem({ start, end, weekdays: days, from, to }: WindowConfig): string | undefined {
  const isOnce = start !== undefined && end !== undefined && !days && from === undefined && to === undefined;
  const isWeekly =
    days !== undefined && from !== undefined && to !== undefined && start === undefined && end === undefined;
  if (!isOnce && !isWeekly) return 'needs either start and end, or weekdays, from and to';
  if (isOnce && Date.parse(start) >= Date.parse(end)) return 'ends before it starts';
  return undefined;
}

function toWindow({
  name,
  matchers,
  start,
  end,
  weekdays: days = [],
  from = '',
  to = '',
  timeZone,
}: WindowConfig): MaintenanceWindow {
  if (start !== undefined && end !== undefined)
    return { name, matchers, isOpen: oneOff(Date.parse(start), Date.parse(end)) };
  const times = { weekdays: days, fromMinute: parseTimeOfDay(from) ?? 0, toMinute: parseTimeOfDay(to) ?? 0, timeZone };
  return { name, matchers, isOpen: recurring(times) };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // the only thing it throws: no zone of that name
  }
}
