import { alertRecord, errorCode, readRecord, readRollup } from '@omninode/contracts';
import type { Bus, BusFollower, BusRecord, Topics } from '@omninode/contracts';
import { AlertIntervals, Baselines, bookDefaults, RollupBook } from '@omninode/history';
import type { WorkerLog } from '../partition-worker.js';
import { followTopic } from '../follow-topic.js';
import type { HistoryConfig } from './history.config.js';
import { NewestRecords } from './newest-records.js';

export interface HistoryReaderOptions {
  readonly bus: Bus;
  readonly topics: Pick<Topics, 'rollup' | 'alert'>;
  readonly config: Pick<HistoryConfig, 'baselineSeries' | 'reportTimeZone'>;
  nowMs(): number;
  readonly log: WorkerLog;
}

const dayMs = 24 * 3_600_000;
const forgetEveryMs = 10 * 60_000;

/** Follows the rollups and alerts of the whole mesh, whoever writes them: what any replica tells of the past. */
export class HistoryReader {
  readonly book: RollupBook;
  readonly baselines: Baselines;
  readonly alerts = new AlertIntervals();
  /** Records that could not be read: of a later version, or written by somebody else. */
  unreadable = 0;
  private hasRead = false;
  private readonly followers: BusFollower[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly stopped = new AbortController();
  private following: Promise<void> = Promise.resolve();

  constructor(private readonly options: HistoryReaderOptions) {
    const { baselineSeries: series, reportTimeZone } = options.config;
    // Days of another zone begin in the middle of days of UTC: so their hours must be kept apart until they were reported.
    this.book = new RollupBook(reportTimeZone === 'UTC' ? bookDefaults : { ...bookDefaults, hourlyMs: 4 * dayMs });
    this.baselines = new Baselines({
      series,
      isAlerting: (entity, fromMs, toMs) => this.alerts.isAlerting(entity, fromMs, toMs),
    });
  }

  get timeZone(): string {
    return this.options.config.reportTimeZone;
  }

  /** Begins to follow. Nothing is awaited: a topic that is not there yet is tried again. */
  start(): void {
    this.timer = setInterval(() => this.book.forget(this.options.nowMs()), forgetEveryMs);
    this.following = this.follow();
  }

  isCaughtUp(): boolean {
    return this.hasRead;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopped.abort();
    await Promise.all(this.followers.map((follower) => follower.close()));
    await this.following;
  }

  /** Alerts first: baselines leave out the hours in which one fired. */
  private async follow(): Promise<void> {
    const { topics, log } = this.options;
    const readsAlerts = await this.followOne(topics.alert, (record) => this.takeAlert(record));
    if (!readsAlerts || this.stopped.signal.aborted) return;
    const { signal } = this.stopped;
    const newest = new NewestRecords((record) => this.takeRollup(record));
    const onRecord = (record: BusRecord) => (this.hasRead ? this.takeRollup(record) : newest.add(record));
    if (!(await this.followOne(topics.rollup, onRecord))) return;
    await newest.drain(signal);
    this.hasRead = !signal.aborted;
    const { size: subjects } = this.book.pages;
    log.info('The rollups were read.', { subjects, superseded: newest.superseded });
  }

  /** Resolves to true when everything is read that was there; the follower goes on. */
  private async followOne(topic: string, onRecord: (record: BusRecord) => void): Promise<boolean> {
    const { bus, log } = this.options;
    const { signal } = this.stopped;
    const onError = (error: unknown) =>
      log.warn('The past can not be read; trying again.', { topic, code: errorCode(error) });
    const follower = await followTopic({ bus, topic, signal, onRecord, onError });
    if (!follower) return false;
    this.followers.push(follower);
    if (signal.aborted) await follower.close();
    return follower.caughtUp.then(
      () => true,
      () => false,
    );
  }

  private takeRollup({ value, partition }: BusRecord): void {
    if (value === null) return;
    const read = readRollup(value);
    if (!read.ok) {
      this.unreadable++;
      return;
    }
    this.book.take(read.record, partition);
    this.baselines.take(read.record);
  }

  private takeAlert({ value }: BusRecord): void {
    if (value === null) return;
    const read = readRecord(alertRecord, value);
    if (read.ok) this.alerts.take(read.record);
    else this.unreadable++;
  }
}
