import type { RollupRecord } from '@omninode/contracts';
import { dayMs, hourMs } from '../keeper/hours.js';
import type { Kind, SubjectName } from '../keeper/subject-name.js';
import { parts, type Parts } from './kept-hour.js';

export interface KeptHour<K extends Kind = Kind> {
  readonly part: Parts[K];
  readonly closed: boolean;
}

/** A day whose hours are added up, some at a time: each time costs as much as the day is long. */
interface KeptDay<K extends Kind> {
  /** Together the day, the earliest hour first. */
  parts: readonly Parts[K][];
  /** Bit h is set when hour h of the day is in it. */
  hours: number;
}

/** Hours of a day that lie apart at most before they are added up. */
const mostApart = 8;
const allHours = 2 ** 24 - 1;

/** All that is kept of one subject. */
export class SubjectPages<K extends Kind = Kind> {
  readonly hours = new Map<number, KeptHour<K>>();
  private readonly days = new Map<number, KeptDay<K>>();

  constructor(readonly subject: SubjectName<K>) {}

  /** Takes an hour: the newest of it counts. One whose day was added up with it already is passed over. */
  put(hour: number, record: Extract<RollupRecord, { k: K }>): boolean {
    if (this.isAddedUp(hour)) return false;
    this.hours.set(hour, { part: parts[this.kind].of(record as never) as Parts[K], closed: record.closed });
    return true;
  }

  /** Adds an hour to its day, and forgets it. */
  fold(hour: number): void {
    const kept = this.hours.get(hour);
    if (!kept) return;
    this.hours.delete(hour);
    const { day, bit } = placeOf(hour);
    const known = this.days.get(day);
    if (!known) {
      this.days.set(day, { parts: [kept.part], hours: bit });
      return;
    }
    known.hours |= bit;
    known.parts = [...known.parts, kept.part];
    if (known.parts.length >= mostApart || known.hours === allHours) known.parts = [this.merge(known.parts)];
  }

  /** Forgets what ended before a time, and adds up what lies apart still. False when nothing is left. */
  forget(beforeMs: number): boolean {
    for (const day of this.days.keys()) if (day + dayMs <= beforeMs) this.days.delete(day);
    for (const hour of this.hours.keys()) if (hour + hourMs <= beforeMs) this.hours.delete(hour);
    for (const kept of this.days.values()) if (kept.parts.length > 1) kept.parts = [this.merge(kept.parts)];
    return this.days.size > 0 || this.hours.size > 0;
  }

  /** Everything that overlaps a window, added up; days that were added up count whole. `undefined`: nothing is known of it. */
  within(fromMs: number, toMs: number): Parts[K] | undefined {
    const found = this.partsWithin(fromMs, toMs);
    return found.length === 0 ? undefined : this.merge(found);
  }

  /** The hours and days that overlap a window, the earliest first. */
  partsWithin(fromMs: number, toMs: number): Parts[K][] {
    const found: (readonly [atMs: number, part: Parts[K]])[] = [];
    for (const [day, { parts: ofDay }] of this.days) {
      if (day < toMs && day + dayMs > fromMs) for (const part of ofDay) found.push([day, part]);
    }
    for (const [hour, { part }] of this.hours) if (hour < toMs && hour + hourMs > fromMs) found.push([hour, part]);
    return found.sort(([a], [b]) => a - b).map(([, part]) => part);
  }

  /** Hours of a window of which something is kept, and whether all of these are closed. */
  coverage(fromMs: number, toMs: number): { readonly hours: number; readonly closed: boolean } {
    let hours = 0;
    let closed = true;
    for (const [day, { hours: bits }] of this.days) {
      for (let hour = 0; hour < 24; hour++) {
        const atMs = day + hour * hourMs;
        if (bits & (1 << hour) && atMs < toMs && atMs + hourMs > fromMs) hours++;
      }
    }
    for (const [hour, kept] of this.hours) {
      if (hour >= toMs || hour + hourMs <= fromMs) continue;
      hours++;
      closed &&= kept.closed;
    }
    return { hours, closed };
  }

  get size(): number {
    return this.hours.size + this.days.size;
  }

  private get kind(): K {
    return (this.subject as SubjectName).k as K;
  }

  private isAddedUp(hour: number): boolean {
    const { day, bit } = placeOf(hour);
    return ((this.days.get(day)?.hours ?? 0) & bit) !== 0;
  }

  private merge(all: readonly Parts[K][]): Parts[K] {
    return all.length === 1 ? all[0]! : (parts[this.kind].merge(all as never) as Parts[K]);
  }
}

function placeOf(hour: number): { readonly day: number; readonly bit: number } {
  const day = Math.floor(hour / dayMs) * dayMs;
  return { day, bit: 1 << ((hour - day) / hourMs) };
}
