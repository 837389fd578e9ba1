import { dailyReport, type DailyReport, type ReportDay } from '@omninode/history';
import { judge } from '../health/judge.js';
import type { MeshView } from '../mesh-view.js';
import { ledgerDocument } from '../partitions/ledger-document.js';
import type { HistoryView } from './history-view.js';

/** The report on a day, from what this replica knows of the mesh. */
export function dailyReportOf(mesh: MeshView, history: HistoryView, day: ReportDay): DailyReport {
  const { health, reasons } = judge(mesh);
  const ledger = ledgerDocument(mesh.summaries(), mesh.limits().partitions);
  const { missing, dropped, dead_lettered: deadLettered } = ledger.totals as Record<string, number>;
  return dailyReport({
    day,
    book: history.book,
    baselines: history.baselines,
    health: { health, reasons: reasons.map(({ component, reason }) => `${component}: ${reason}`) },
    alerts: history.alerts.within(day.fromMs, day.toMs),
    ledger: { closes: ledger.closes, missing: missing ?? 0, dropped: dropped ?? 0, deadLettered: deadLettered ?? 0 },
    nowMs: mesh.nowMs(),
  });
}
