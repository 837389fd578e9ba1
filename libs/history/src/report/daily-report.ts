import { rankOperations, type OperationStatistics } from '../book/operation-statistics.js';
import type { Baselines } from '../baselines/baselines.js';
import type { RollupBook } from '../book/rollup-book.js';
import type { ReportRow } from './figure.js';
import { dayBefore, type ReportDay } from './report-day.js';
import { rowsOf } from './report-rows.js';
import { requestRows } from './request-rows.js';
import { sectionSpecs } from './row-specs.js';

export interface ReportAlert {
  readonly name: string;
  readonly severity: string;
  readonly summary: string;
  /** ms since 1970 UTC. */
  readonly startsAtMs: number;
  /** Infinity: it fires still. */
  readonly endsAtMs: number;
}

export interface ReportSources {
  readonly day: ReportDay;
  readonly book: RollupBook;
  readonly baselines: Baselines;
  /** As of `nowMs`: what was on that day nobody kept. */
  readonly health: { readonly health: string; readonly reasons: readonly string[] };
  /** Those that fired; `undefined`: there is no alerting. */
  readonly alerts: readonly ReportAlert[] | undefined;
  /** Of the mesh since its beginning. */
  readonly ledger: {
    readonly closes: boolean;
    readonly missing: number;
    readonly dropped: number;
    readonly deadLettered: number;
  };
  readonly nowMs: number;
}

export interface DailyReport {
  readonly day: ReportDay;
  readonly asOfMs: number;
  /** Whether the day is over. */
  readonly isOver: boolean;
  readonly health: ReportSources['health'];
  readonly sections: readonly ReportSection[];
  readonly slowest: readonly OperationStatistics[];
  /** Those that fired on that day, as far as they are kept; `undefined`: there is no alerting. */
  readonly alerts: readonly ReportAlert[] | undefined;
  readonly ledger: ReportSources['ledger'];
  /** What the reader has to know of the figures. */
  readonly notes: readonly string[];
}

export interface ReportSection {
  readonly title: string;
  readonly rows: readonly ReportRow[];
}

const mostSlowest = 10;

/** What there is to say of a day: the daily performance review. */
export function dailyReport(sources: ReportSources): DailyReport {
  const { day, book, alerts, health, ledger, nowMs } = sources;
  const of = { ...sources, before: dayBefore(day) };
  return {
    day,
    asOfMs: nowMs,
    isOver: nowMs >= day.toMs,
    health,
    sections: [
      ...sectionSpecs.map(({ title, rows }) => ({ title, rows: rows.flatMap((spec) => rowsOf(spec, of)) })),
      { title: 'Requests', rows: requestRows(of) },
    ],
    slowest: rankOperations(book, { fromMs: day.fromMs, toMs: day.toMs, by: 'p95', limit: mostSlowest }),
    alerts: alerts?.filter(({ startsAtMs, endsAtMs }) => startsAtMs < day.toMs && endsAtMs > day.fromMs),
    ledger,
    notes: notesOf(day, nowMs),
  };
}

const hourlyMs = 48 * 3_600_000;

function notesOf({ timeZone, fromMs, toMs }: ReportDay, nowMs: number): string[] {
  const notes: string[] = [];
  if (nowMs < toMs) notes.push('The day is not over: figures are of what was until now.');
  if (timeZone !== 'UTC' && nowMs - fromMs > hourlyMs) {
    notes.push(
      `Hours older than two days may be kept by the UTC day only: figures may cover days that overlap this one in ${timeZone}.`,
    );
  }
  return notes;
}
