import { alertRecord, readRecord, type AlertRecord, type BusRecord } from '@omninode/contracts';
import { TopicBoard } from '../topic-board.js';

/** Alerts that are remembered; beyond, those that were resolved longest ago go first. */
const most = 20_000;
/** A partition has one owner; another that was one before may still write what it decided then. */
const isNewer = (record: AlertRecord, known: AlertRecord | undefined) => !known || record.time >= known.time;

/** The newest transition of every alert of the mesh, whoever judged it: what any replica answers from. */
export class AlertBoard extends TopicBoard {
  /** In the order of their newest transitions. */
  private readonly newest = new Map<string, AlertRecord>();

  alerts(): readonly AlertRecord[] {
    return [...this.newest.values()];
  }

  find(fingerprint: string): AlertRecord | undefined {
    return this.newest.get(fingerprint);
  }

  protected take({ key, value }: BusRecord): void {
    if (value === null) {
      if (key !== null) this.newest.delete(key);
      return;
    }
    const read = readRecord(alertRecord, value);
    if (!read.ok) {
      this.unreadable++;
      return;
    }
    const { record } = read;
    if (!isNewer(record, this.newest.get(record.fingerprint))) return;
    this.newest.delete(record.fingerprint);
    this.newest.set(record.fingerprint, record);
    if (this.newest.size > most) this.dropOne();
  }

  private dropOne(): void {
    for (const [fingerprint, { state }] of this.newest) {
      if (state !== 'resolved') continue;
      this.newest.delete(fingerprint);
      return;
    }
    this.newest.delete(this.newest.keys().next().value!);
  }
}
