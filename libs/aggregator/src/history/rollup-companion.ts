import { contentTypes, errorCode, rollupKey, type NewRecord } from '@omninode/contracts';
import { RollupKeeper, type DueRollup } from '@omninode/history';
import type { CompanionContext, FlushMoment, PartitionCompanion } from '../companion.js';

export interface RollupCompanionOptions {
  /** Operations of a partition that have a rollup of their own; the rest is added up as `other`. */
  readonly operationsPerPartition: number;
  /** Report series and statements of a partition. */
  readonly reportSeriesPerPartition: number;
  /** How long after its end an hour is closed, ms. */
  readonly graceMs: number;
  /** How often an hour that goes on is written, ms. */
  readonly openEveryMs: number;
}

/** What the companions of this process did, over all partitions that it had: it only grows. */
export interface RollupTally {
  readonly written: { open: number; closed: number };
  failures: number;
  latePoints: number;
  leftOutSeries: number;
}

/** Which rollups are due is looked up this often, ms. */
const lookEveryMs = 2_000;
const forgetEveryMs = 10 * 60_000;
/** Records of one publish: more would make one request of the bus long. */
const recordsAtOnce = 200;

/** Keeps the hourly rollups of one partition and writes them to the rollup topic. */
export class RollupCompanion implements PartitionCompanion {
  readonly name = 'rollups';
  readonly keeper: RollupKeeper;
  /** When it was asked last to publish, ms since 1970 UTC; 0: never. */
  flushedMs = 0;
  private told = { latePoints: 0, leftOutSeries: 0 };
  private lookedMs = 0;
  private forgotMs = 0;
  private isFailing = false;

  constructor(
    options: RollupCompanionOptions,
    private readonly context: CompanionContext,
    private readonly tally: RollupTally,
  ) {
    const { operationsPerPartition: operations, reportSeriesPerPartition: reportSeries, ...timing } = options;
    this.keeper = new RollupKeeper({ operations, reportSeries, ...timing });
  }

  get revision(): number {
    return this.keeper.revision;
  }

  async restore(form: unknown): Promise<void> {
    const isUsed = this.keeper.restore(form);
    this.told.latePoints = this.keeper.latePoints;
    if (isUsed) return;
    const { partition, log } = this.context;
    log.warn('The rollups of a snapshot can not be used; the hours that are open begin anew.', { partition });
  }

  afterRecord(record: Parameters<PartitionCompanion['afterRecord']>[0], nowMs: number): void {
    this.keeper.take(this.context.state(), record, nowMs);
  }

  async flush({ nowMs, isCaughtUp, isCurrent }: FlushMoment): Promise<void> {
    this.flushedMs = nowMs;
    this.tell();
    // By the distance: a clock that was set back must not stop this.
    if (Math.abs(nowMs - this.lookedMs) < lookEveryMs) return;
    this.lookedMs = nowMs;
    let batch: DueRollup[] = [];
    for (const due of this.keeper.due(nowMs, isCaughtUp)) {
      if (batch.push(due) < recordsAtOnce) continue;
      if (!isCurrent() || !(await this.publish(batch, nowMs))) return;
      batch = [];
    }
    if (!isCurrent() || (batch.length > 0 && !(await this.publish(batch, nowMs)))) return;
    if (Math.abs(nowMs - this.forgotMs) < forgetEveryMs) return;
    this.forgotMs = nowMs;
    this.keeper.forget();
  }

  form(): unknown {
    return this.keeper.form();
  }

  /** Resolves to false when the bus did not take them: they stay due. */
  private async publish(due: readonly DueRollup[], nowMs: number): Promise<boolean> {
    const { bus, topics, log, partition } = this.context;
    const headers = { 'content-type': contentTypes.rows };
    const records = due.map(({ record }): NewRecord => {
      return { topic: topics.rollup, key: rollupKey(record), value: Buffer.from(JSON.stringify(record)), headers };
    });
    try {
      await bus.publish(records);
    } catch (error) {
      if (!this.isFailing) {
        log.warn('Rollups can not be written; trying again.', { partition, code: errorCode(error) });
      }
      this.isFailing = true;
      this.tally.failures += due.length;
      return false;
    }
    for (const { record, written } of due) {
      written(nowMs);
      this.tally.written[record.closed ? 'closed' : 'open']++;
    }
    this.isFailing = false;
    return true;
  }

  /** What the keeper counts moves with its partition; what a process tells only grows. */
  private tell(): void {
    const { latePoints, subjects } = this.keeper;
    this.tally.latePoints += latePoints - this.told.latePoints;
    this.tally.leftOutSeries += subjects.untracked - this.told.leftOutSeries;
    this.told = { latePoints, leftOutSeries: subjects.untracked };
  }
}
