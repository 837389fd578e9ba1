import { readdir } from 'node:fs/promises';
import { errorCode } from '@omninode/contracts';
import { dateIn, dayOfDate, type ReportDay } from '@omninode/history';
import type { WorkerLog } from '../partition-worker.js';
import { fileError, writeWhole } from './write-whole.js';

/** A report in each of its forms, by the ending of the file's name. */
export type ReportTexts = Readonly<Record<'json' | 'md' | 'html', string>>;

export interface ReportFilesOptions {
  readonly folder: string;
  readonly timeZone: string;
  /** How long after its end a day is closed, ms. */
  readonly closedAfterMs: number;
  /** Whether it is up to this process now: one of all does it. */
  isOurs(): boolean;
  /** Whether anything is known of a day. */
  isKnown(day: ReportDay): boolean;
  textsOf(day: ReportDay): ReportTexts;
  nowMs(): number;
  readonly log: WorkerLog;
  /** How often it looks whether a report is due, ms. */
  readonly everyMs?: number;
}

const dayMs = 24 * 3_600_000;
/** Days that are looked at: those whose end was missed are caught up on. */
const daysBack = 7;
/** For one look at the folder and what is written then: a network drive may never answer, ms. */
const deadlineMs = 60_000;

/** Writes the report of each day that is closed, once, under `daily-2026-11-24.json`, `.md` and `.html`. */
export class ReportFiles {
  written = 0;
  failures = 0;
  /** Reports that are due and could not be written. */
  due = 0;
  private failing: string | undefined;
  /** Files that are known to be there, so that the folder is read only when there is something to do. */
  private readonly present = new Set<string>();
  private looking: Promise<void> = Promise.resolve();
  private isLooking = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly stopped = new AbortController();

  constructor(private readonly options: ReportFilesOptions) {}

  start(): void {
    this.timer = setInterval(() => this.lookUnlessBusy(), this.options.everyMs ?? 30_000);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopped.abort();
    await this.looking;
  }

  private lookUnlessBusy(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    this.looking = this.look().finally(() => (this.isLooking = false));
  }

  /** Never rejects: what can not be written is told, and tried again at the next look. */
  private async look(): Promise<void> {
    const { folder, isOurs, log } = this.options;
    const days = isOurs() ? this.dueDays() : [];
    this.due = days.length;
    if (days.length === 0) return;
    const signal = AbortSignal.any([this.stopped.signal, AbortSignal.timeout(deadlineMs)]);
    try {
      for (const name of await namesIn(folder)) this.present.add(name);
      for (const day of days) await this.write(day, signal);
    } catch (error) {
      if (this.stopped.signal.aborted) return;
      this.failures++;
      const code = errorCode(error);
      if (this.failing !== code) log.warn((error as Error).message, { code });
      this.failing = code;
      return;
    }
    if (this.failing !== undefined) log.info('Daily reports can be written again.', { folder });
    this.failing = undefined;
    this.due = 0;
  }

  private async write(day: ReportDay, signal: AbortSignal): Promise<void> {
    const { folder, textsOf, log } = this.options;
    const missing = this.missingOf(day);
    if (missing.length === 0) return;
    const texts = textsOf(day);
    for (const ending of missing) {
      const name = nameOf(day, ending);
      await writeWhole(folder, name, texts[ending], signal);
      this.present.add(name);
      this.written++;
    }
    log.info('The daily report was written.', { folder, date: day.date });
  }

  private dueDays(): ReportDay[] {
    const { timeZone, closedAfterMs, isKnown } = this.options;
    const nowMs = this.options.nowMs();
    return Array.from({ length: daysBack }, (_, nth) => dateIn(timeZone, nowMs - (nth + 1) * dayMs))
      .map((date) => dayOfDate(date, timeZone)!)
      .filter((day) => nowMs >= day.toMs + closedAfterMs && this.missingOf(day).length > 0 && isKnown(day));
  }

  private missingOf(day: ReportDay): (keyof ReportTexts)[] {
    return (['json', 'md', 'html'] as const).filter((ending) => !this.present.has(nameOf(day, ending)));
  }
}

function nameOf({ date }: ReportDay, ending: string): string {
  return `daily-${date}.${ending}`;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw fileError(error, folder);
  }
}
