import { changeOf } from './figure.js';
import type { DailyReport } from './daily-report.js';
import { figureText, numberText, percentText } from './number-text.js';

/** The report as plain texts in tables, for whoever writes it out: nothing is escaped yet. */
export interface ReportTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said where there are no rows. */
  readonly empty: string;
}

export function reportTitle({ day }: DailyReport): string {
  return `Daily performance report, ${day.date}${day.timeZone === 'UTC' ? '' : ` (${day.timeZone})`}`;
}

export function reportLines(report: DailyReport): string[] {
  const { health, ledger, asOfMs, notes } = report;
  const { closes, missing, dropped, deadLettered } = ledger;
  return [
    `Health as of ${new Date(asOfMs).toISOString()}: ${health.health}.`,
    ...health.reasons,
    closes
      ? 'Every measurement that was sent is accounted for.'
      : `The ledger does not close: ${missing} records are missing.`,
    `Dropped by producers: ${dropped} records. Dead-lettered: ${deadLettered} records.`,
    ...notes,
  ];
}

export function reportTables(report: DailyReport): ReportTable[] {
  return [...report.sections.map(sectionTable), slowestTable(report), alertsTable(report)];
}

function sectionTable({ title, rows }: DailyReport['sections'][number]): ReportTable {
  return {
    title,
    head: ['What', 'Of', 'Day', 'Day before', 'Change', 'Usual'],
    rows: rows.map((row) => {
      const change = changeOf(row);
      return [
        row.what,
        row.of,
        figureText(row.day, row.unit),
        figureText(row.dayBefore, row.unit),
        change === undefined ? '' : percentText(change),
        figureText(row.usual, row.unit),
      ];
    }),
    empty: 'There is nothing to tell.',
  };
}

function slowestTable({ slowest }: DailyReport): ReportTable {
  return {
    title: 'Slowest operations',
    head: ['Service', 'Component', 'Operation', 'Requests', 'Failed', 'Mean', '95 % below', '99 % below', 'Slowest'],
    rows: slowest.map((of) => [
      of.service,
      of.component,
      of.operation,
      numberText(of.count, ''),
      of.errorRatio === undefined ? '' : numberText(of.errorRatio, 'ratio'),
      ...[of.meanSeconds, of.p95Seconds, of.p99Seconds, of.maxSeconds].map((seconds) =>
        seconds === undefined ? 'no data: nothing told how long they took' : numberText(seconds, 'seconds'),
      ),
    ]),
    empty: 'No data: no service told of its requests on that day.',
  };
}

function alertsTable({ alerts }: DailyReport): ReportTable {
  return {
    title: 'Alerts',
    head: ['Alert', 'Severity', 'From', 'To', 'What'],
    rows: (alerts ?? []).map(({ name, severity, summary, startsAtMs, endsAtMs }) => [
      name,
      severity,
      new Date(startsAtMs).toISOString(),
      endsAtMs === Infinity ? 'fires still' : new Date(endsAtMs).toISOString(),
      summary,
    ]),
    empty: alerts ? 'None fired.' : 'No data: there is no alerting.',
  };
}
