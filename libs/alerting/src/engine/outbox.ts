import type { AlertRecord } from '@omninode/contracts';

/** Transitions that wait to be published; beyond this many the older ones of each alert go first. */
const most = 10_000;

/** Transitions that are decided and not on the alert topic yet, in the order of the decisions. */
export class Outbox {
  private records: AlertRecord[] = [];
  /** Transitions that were given up because a newer one of the same alert waited too. */
  superseded = 0;

  get size(): number {
    return this.records.length;
  }

  add(record: AlertRecord): void {
    this.records.push(record);
    if (this.records.length > most) this.keepNewest();
  }

  waiting(): readonly AlertRecord[] {
    return this.records;
  }

  /** The newest that waits of an alert. */
  newestOf(fingerprint: string): AlertRecord | undefined {
    return this.records.findLast((record) => record.fingerprint === fingerprint);
  }

  replace(record: AlertRecord, by: AlertRecord): void {
    this.records[this.records.indexOf(record)] = by;
  }

  /** Takes out what is on the topic. */
  published(records: readonly AlertRecord[]): void {
    const done = new Set(records);
    this.records = this.records.filter((record) => !done.has(record));
  }

  /** Takes out what turned out to be on the topic already: of an alert everything up to a time. */
  publishedUntil(fingerprint: string, timeMs: number): void {
    this.records = this.records.filter((record) => record.fingerprint !== fingerprint || record.time > timeMs);
  }

  private keepNewest(): void {
    const newest = new Map(this.records.map((record) => [record.fingerprint, record]));
    const kept = this.records.filter((record) => newest.get(record.fingerprint) === record);
    this.superseded += this.records.length - kept.length;
    this.records = kept;
  }
}
