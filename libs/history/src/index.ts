/**
 * History without a database: what rollups are made of and what they tell. Pure: no clock, no files, no network.
 *
 * sketch/     distributions that can be added up
 * keeper/     records of one partition → the rollups of its hours
 * baselines/  closed hours → what is usual for an hour of the week
 * book/       rollups of all partitions → operations, components, requests over any window
 * report/     a day → the daily performance report, as a document, Markdown and HTML
 */
export { AlertIntervals } from './baselines/alert-intervals.js';
export type { AlertInterval } from './baselines/alert-intervals.js';
export { Baselines, enoughWeeks } from './baselines/baselines.js';
export type { BaselineOptions, SeriesBaselines, Usual } from './baselines/baselines.js';
export { componentPerformance } from './book/component-performance.js';
export type { ComponentPerformance } from './book/component-performance.js';
export { rankOperations } from './book/operation-statistics.js';
export type { OperationQuery, OperationStatistics, RankedBy } from './book/operation-statistics.js';
export { inOrderOfBegin, partsOfRequest } from './book/request-traces.js';
export type { TracedPart } from './book/request-traces.js';
export { bookDefaults, RollupBook } from './book/rollup-book.js';
export type { BookOptions } from './book/rollup-book.js';
export { historyMetrics, historySamples } from './history.metrics.js';
export type { HistoryCounts } from './history.metrics.js';
export { slowOperationEvent, slowOperationOf } from './keeper/exemplars.js';
export type { SlowOperation } from './keeper/exemplars.js';
export { RollupKeeper } from './keeper/rollup-keeper.js';
export type { DueRollup, KeeperOptions } from './keeper/rollup-keeper.js';
export { slotOf, slotsPerWeek } from './baselines/hour-of-week.js';
export { allWeeks, decayPerWeek } from './baselines/slot.js';
export { subjectKey } from './keeper/subject-name.js';
export type { SubjectName } from './keeper/subject-name.js';
export { dailyReport } from './report/daily-report.js';
export type { DailyReport, ReportAlert, ReportSection, ReportSources } from './report/daily-report.js';
export { changeOf } from './report/figure.js';
export type { Figure, ReportRow } from './report/figure.js';
export { reportHtml } from './report/html.js';
export { reportMarkdown } from './report/markdown.js';
export { dateIn, dayOfDate } from './report/report-day.js';
export type { ReportDay } from './report/report-day.js';
export { quantileOf } from './sketch/quantile.js';
export { countOf } from './sketch/sketch-sum.js';
