import { rollupSubject, type RollupRecord } from '@omninode/contracts';
import { dayMs, hourMs } from '../keeper/hours.js';
import { subjectNameOf, type Kind } from '../keeper/subject-name.js';
import { SubjectPages } from './subject-pages.js';

export interface BookOptions {
  /** How long hours are kept apart; older ones are added up by the UTC day, ms. */
  readonly hourlyMs: number;
  /** How long anything is kept, ms. */
  readonly keptMs: number;
  /** Subjects that are kept at most; beyond, new ones are left out and counted. */
  readonly subjects: number;
}

export const bookDefaults: BookOptions = { hourlyMs: 2 * dayMs, keptMs: 30 * dayMs, subjects: 20_000 };

/**
 * What the rollup topic says: the newest record of each key counts. All versions of an hour lie in one partition of the topic,
 * within hours of each other, so an hour is added to its day only when its own partition has come two days further: then reading
 * the topic from its beginning, old versions of records included, gives the same book as following it all along.
 */
export class RollupBook {
  readonly pages = new Map<string, SubjectPages>();
  /** Records of subjects for which there was no room. */
  leftOut = 0;
  private readonly progress = new Map<number, Progress>();

  constructor(private readonly options: BookOptions = bookDefaults) {}

  /** `partition`: of the rollup topic, where the record lies. */
  take(record: RollupRecord, partition = 0): void {
    const key = rollupSubject(record);
    let pages = this.pages.get(key);
    if (!pages) {
      if (this.pages.size >= this.options.subjects) {
        this.leftOut++;
        return;
      }
      this.pages.set(key, (pages = new SubjectPages(subjectNameOf(record))));
    }
    const isNew = !pages.hours.has(record.hour);
    if (pages.put(record.hour, record) && isNew) this.note(partition, key, record.hour);
  }

  /** The pages of one kind. */
  *of<K extends Kind>(kind: K): Generator<SubjectPages<K>> {
    for (const pages of this.pages.values()) if (pages.subject.k === kind) yield pages as unknown as SubjectPages<K>;
  }

  /** Whether anything is kept of a time. */
  hasWithin(fromMs: number, toMs: number): boolean {
    for (const pages of this.pages.values()) if (pages.partsWithin(fromMs, toMs).length > 0) return true;
    return false;
  }

  /** Drops what is too old. To be called now and then. */
  forget(nowMs: number): void {
    for (const [key, pages] of this.pages) {
      if (!pages.forget(nowMs - this.options.keptMs)) this.pages.delete(key);
    }
  }

  private note(partition: number, key: string, hour: number): void {
    let progress = this.progress.get(partition);
    if (!progress) this.progress.set(partition, (progress = { newestHour: 0, pending: new Map() }));
    const keys = progress.pending.get(hour);
    if (keys) keys.push(key);
    else progress.pending.set(hour, [key]);
    if (hour <= progress.newestHour) return;
    progress.newestHour = hour;
    for (const [old, oldKeys] of progress.pending) {
      if (old + hourMs > hour - this.options.hourlyMs) continue;
      for (const each of oldKeys) this.pages.get(each)?.fold(old);
      progress.pending.delete(old);
    }
  }
}

/** How far one partition of the topic was read, and its hours that stand apart still. */
interface Progress {
  newestHour: number;
  readonly pending: Map<number, string[]>;
}
