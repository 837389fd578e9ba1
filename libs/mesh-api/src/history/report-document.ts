import { changeOf, type DailyReport, type Figure } from '@omninode/history';
import { rfc3339 } from '../rfc3339.js';
import type { ReportAnswer } from './report-routes.js';
import { given, slowOperationDocument } from './slow-operations-document.js';

type FigureAnswer = ReportAnswer['sections'][number]['rows'][number]['day'];

export function reportDocument(report: DailyReport, complete: boolean): ReportAnswer {
  const { day, ledger, alerts } = report;
  return {
    date: day.date,
    time_zone: day.timeZone,
    from: rfc3339(day.fromMs),
    to: rfc3339(day.toMs),
    as_of: rfc3339(report.asOfMs),
    over: report.isOver,
    complete,
    health: { health: report.health.health, reasons: [...report.health.reasons] },
    sections: report.sections.map(({ title, rows }) => ({
      title,
      rows: rows.map((row) => ({
        what: row.what,
        of: row.of,
        unit: row.unit,
        day: figureDocument(row.day),
        day_before: figureDocument(row.dayBefore),
        ...given('change_ratio', changeOf(row)),
        usual: figureDocument(row.usual),
      })),
    })),
    slowest_operations: report.slowest.map(slowOperationDocument),
    alerts:
      alerts?.map(({ name, severity, summary, startsAtMs, endsAtMs }) => ({
        name,
        severity,
        summary,
        starts_at: rfc3339(startsAtMs),
        ...given('ends_at', endsAtMs === Infinity ? undefined : rfc3339(endsAtMs)),
      })) ?? null,
    ledger: {
      closes: ledger.closes,
      missing: ledger.missing,
      dropped: ledger.dropped,
      dead_lettered: ledger.deadLettered,
    },
    notes: [...report.notes],
  };
}

export function figureDocument(figure: Figure): FigureAnswer {
  return 'value' in figure ? { value: figure.value } : { no_data_because: figure.noDataBecause };
}
