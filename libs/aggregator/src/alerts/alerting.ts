import type { OwnSample, PartitionSummary, StoreLimits } from '@omninode/aggregation';
import { alertingSamples, explain, type MetricCatalogue } from '@omninode/alerting';
import { errorCode, type Bus, type Topics } from '@omninode/contracts';
import type { AlertsView } from '@omninode/mesh-api';
import type { CompanionFactory } from '../companion.js';
import type { WorkerLog } from '../partition-worker.js';
import { AlertBoard } from './alert-board.js';
import { alertCompanion, type AlertCompanion } from './alert-companion.js';
import type { AlertsConfig } from './alerts.config.js';
import { DryRunner } from './dry-run.js';
import { RuleBook } from './rule-book.js';
import { shippedCatalogue, shippedRules } from './shipped-rules.js';

export interface AlertingOptions {
  readonly config: AlertsConfig;
  readonly bus: Bus;
  readonly topics: Topics;
  readonly limits: StoreLimits;
  /** The metrics that rules may name; absent: all of the product. */
  readonly catalogue?: MetricCatalogue;
  /** What is judged besides what the mesh and alerting say of themselves: how the receivers do. */
  ownSamples?(): readonly OwnSample[];
  nowMs(): number;
  readonly log: WorkerLog;
}

/** A companion that was not asked to publish for this long judges a partition that is another's by now. */
const currentMs = 15_000;

/** All of alerting in one process: the rules, the engines of its partitions, and what it knows of everybody's alerts. */
export class Alerting {
  readonly book: RuleBook;
  readonly board = new AlertBoard();
  /** For the aggregator's `companions`. */
  readonly companion: CompanionFactory;
  private readonly companions = new Map<number, AlertCompanion>();
  private readonly dryRunner: DryRunner;

  constructor(private readonly options: AlertingOptions) {
    const { config, bus, topics, limits, nowMs, log, catalogue = shippedCatalogue() } = options;
    const { shippedRules: isShipped, rulesFolder, runbooksUrl, reloadEvery: reloadEveryMs } = config;
    const own = rulesFolder === undefined ? [] : [{ path: rulesFolder, name: 'own' }];
    const folders = [...(isShipped ? [shippedRules] : []), ...own];
    this.book = new RuleBook({ folders, catalogue, runbooksUrl, reloadEveryMs, nowMs, log });
    this.dryRunner = new DryRunner({ bus, topics, catalogue, runbooksUrl, limits });
    this.companion = alertCompanion({
      book: this.book,
      replayedAfterMs: config.replayedAfter,
      instancesPerPartition: config.instancesPerPartition,
      ownSamples: () => [...this.samples(), ...(options.ownSamples?.() ?? [])],
      onMade: (companion) => this.companions.set(companion.context.partition, companion),
    });
  }

  start(): void {
    const { bus, topics, log } = this.options;
    this.book.start();
    this.board.start(bus, topics.alert, (error) =>
      log.warn('The alerts can not be read; trying again.', { code: errorCode(error) }),
    );
  }

  async stop(): Promise<void> {
    await this.book.stop();
    await this.board.stop();
  }

  /** What alerting says of itself, for `/metrics`. */
  samples(): OwnSample[] {
    const engines = this.current().flatMap((companion) => companion.engines().map((engine) => engine.counts()));
    return alertingSamples({ rules: this.book.rules.length, problems: this.book.problems.length, engines });
  }

  /** What the HTTP API shows. `summaries`: the newest of each partition, to say who judges an alert. */
  view(summaries: () => readonly PartitionSummary[]): AlertsView {
    const { board, book, dryRunner } = this;
    const { nowMs } = this.options;
    return {
      alerts: () => (board.isCaughtUp ? board.alerts() : undefined),
      find: (fingerprint) => board.find(fingerprint),
      explain: (fingerprint) => {
        const engines = this.current().flatMap((companion) => companion.engines());
        const instance = engines.map((engine) => engine.instance(fingerprint)).find((found) => found !== undefined);
        return instance && explain(instance, nowMs());
      },
      ownerOf: (partition) => summaries().find((summary) => summary.partition === partition)?.owner,
      rules: () => book,
      dryRun: (rules, fromMs) => dryRunner.run(rules, fromMs),
      nowMs,
    };
  }

  /** Those of the partitions that are ours; the others are let go. */
  private current(): AlertCompanion[] {
    const nowMs = this.options.nowMs();
    for (const [partition, { flushedMs }] of this.companions) {
      if (flushedMs > 0 && nowMs - flushedMs > currentMs) this.companions.delete(partition);
    }
    return [...this.companions.values()];
  }
}
