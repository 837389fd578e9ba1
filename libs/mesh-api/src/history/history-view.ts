import type { AlertIntervals, Baselines, RollupBook } from '@omninode/history';

/** Injection token of the `HistoryView`; the application supplies it. */
export const HISTORY_VIEW = Symbol('omninode:history-view');

/** What a replica knows of the past, from the rollups and alerts of the whole mesh. */
export interface HistoryView {
  readonly book: RollupBook;
  readonly baselines: Baselines;
  readonly alerts: AlertIntervals;
  /** Whether every rollup that existed at the start has been read: until then answers are less than the whole. */
  isCaughtUp(): boolean;
  /** An IANA name, such as UTC or Europe/Berlin: of the days of reports where a request names none. */
  readonly timeZone: string;
}
