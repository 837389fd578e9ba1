import { duration } from '@omninode/service-kit';
import { z } from 'zod';

/** What is kept of the past: section `history`. */
export const historyConfig = z.object({
  operationsPerPartition: z
    .number()
    .int()
    .min(10)
    .max(50_000)
    .default(5_000)
    .describe('Operations of one partition that have an hourly record of their own; the rest is added up as other.'),
  reportSeriesPerPartition: z
    .number()
    .int()
    .min(10)
    .max(50_000)
    .default(2_000)
    .describe('Series for the daily report, and statements, of one partition; further ones are left out.'),
  writeEvery: duration({ min: '1s', max: '10m' })
    .prefault('1m')
    .describe('How often the record of an hour that goes on is written: how old slow operations can be.'),
  closeAfter: duration({ min: '1s', max: '1h' })
    .prefault('5m')
    .describe('How long after its end an hour is closed. Data that comes later still rewrites it, for two hours.'),
  baselineSeries: z
    .number()
    .int()
    .min(0)
    .max(20_000)
    .default(300)
    .describe('Series that have a baseline for each hour of the week, in every replica; further ones have none.'),
  reportTimeZone: z
    .string()
    .refine(isTimeZone, 'must be the name of a time zone, such as UTC or Europe/Berlin')
    .default('UTC')
    .describe('Time zone of the days of the daily report, where a request names none.'),
  reportsFolder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A folder to which the report of each day is written when the day is closed, as daily-2026-11-24.json, .md and .html, by one of all aggregators. It must exist, on every host that may be the one. Nothing there is ever deleted.',
    ),
});

export type HistoryConfig = z.infer<typeof historyConfig>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    // Intl has no other way to say that it does not know the name.
    return false;
  }
}
