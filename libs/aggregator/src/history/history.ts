import type { OwnSample } from '@omninode/aggregation';
import { historySamples, reportHtml, reportMarkdown } from '@omninode/history';
import { dailyReportOf, reportDocument, type MeshView } from '@omninode/mesh-api';
import type { WorkerLog } from '../partition-worker.js';
import type { HistoryConfig } from './history.config.js';
import type { HistoryReader } from './history-reader.js';
import { ReportFiles } from './report-files.js';
import type { Rollups } from './rollups.js';

export interface HistoryOptions {
  readonly config: HistoryConfig;
  readonly reader: HistoryReader;
  readonly rollups: Rollups;
  readonly log: WorkerLog;
}

/** What is kept of the past: written of our partitions, read of the whole mesh, and reported day by day. */
export class History {
  readonly reader: HistoryReader;
  readonly rollups: Rollups;
  private reports: ReportFiles | undefined;

  constructor(private readonly options: HistoryOptions) {
    this.reader = options.reader;
    this.rollups = options.rollups;
  }

  /** `mesh`: what reports say of the present. */
  start(mesh: MeshView): void {
    this.reader.start();
    this.reports = this.reportFiles(mesh);
    this.reports?.start();
  }

  async stop(): Promise<void> {
    await this.reports?.stop();
    await this.reader.stop();
  }

  /** What history says of itself, for `/metrics`. */
  samples(): OwnSample[] {
    const { reader, rollups, reports } = this;
    const { book, baselines, unreadable } = reader;
    return historySamples({
      ...rollups.counts(),
      hasRead: reader.isCaughtUp(),
      unreadable,
      known: { subjects: book.pages.size, leftOut: book.leftOut },
      baselines: { series: baselines.series.size, leftOut: baselines.leftOut },
      reports,
    });
  }

  private reportFiles(mesh: MeshView): ReportFiles | undefined {
    const { config, log, reader } = this.options;
    const { reportsFolder: folder, closeAfter, writeEvery, reportTimeZone: timeZone } = config;
    if (folder === undefined) return undefined;
    return new ReportFiles({
      folder,
      timeZone,
      // Closed hours are written within seconds; those that were late once more with the next turn of the open ones.
      closedAfterMs: closeAfter + writeEvery,
      isOurs: () => reader.isCaughtUp() && (mesh.ownedPartitions?.() ?? []).some(({ partition }) => partition === 0),
      isKnown: (day) => reader.book.hasWithin(day.fromMs, day.toMs),
      textsOf: (day) => {
        const report = dailyReportOf(mesh, reader, day);
        return {
          json: `${JSON.stringify(reportDocument(report, reader.isCaughtUp()), undefined, 2)}\n`,
          md: reportMarkdown(report),
          html: reportHtml(report),
        };
      },
      nowMs: () => mesh.nowMs(),
      log,
    });
  }
}
