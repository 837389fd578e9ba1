import type { PartitionState } from '@omninode/aggregation';
import type { DecodedRecord, MeasurementEvent, RollupRecord } from '@omninode/contracts';
import type { Sketch } from '../sketch/sketch-sum.js';
import { forgetCells, newestOf, takePoint } from './cumulative.js';
import { slowest, slowOperationEvent, slowOperationOf } from './exemplars.js';
import { withValue } from './gauge-hour.js';
import { hourMs, hourOf } from './hours.js';
import { keeperForm, rebuildKeeper } from './keeper-form.js';
import { eachPoint } from './points.js';
import { SourceIndex } from './producer-sources.js';
import { rollupOf } from './rollup-of.js';
import { statementEvent, statementOf, withRanking } from './statement-hour.js';
import { hourNotes, type HourNotes, type Source, type Subject } from './subject.js';
import { Subjects, type SubjectLimits } from './subjects.js';

export interface KeeperOptions extends SubjectLimits {
  /** How long after its end an hour is closed, ms. */
  readonly graceMs: number;
  /** How often an hour that goes on is written, ms. */
  readonly openEveryMs: number;
}

/** Late points change the rollups of their hour as long as it is one of so many before the newest. */
const lateHours = 2;
/** A series that was silent for this long is forgotten, as the store does it. */
const forgottenAfterMs = 25 * hourMs;

/** A rollup that is due. `written` is to be called when the bus has it. */
export interface DueRollup {
  readonly record: RollupRecord;
  written(nowMs: number): void;
}

/**
 * The rollups of one partition: sees each record once, after the state took it, and knows the hours that are not over yet. What
 * it holds follows from the records alone, so it is the same after a restart at any of them.
 */
export class RollupKeeper {
  readonly subjects: Subjects;
  /** Points that came too late to change the rollup of their hour. */
  latePoints = 0;
  /** Grows whenever what was written is noted. */
  revision = 0;
  private newestMs = 0;
  private readonly index: SourceIndex;
  private readonly dirty = new Set<Subject>();

  constructor(private readonly options: KeeperOptions) {
    this.subjects = new Subjects(options);
    this.index = new SourceIndex(this.subjects);
  }

  /** The hot path. */
  take(state: PartitionState, record: DecodedRecord, nowMs: number): void {
    if (record.timeMs > this.newestMs) this.newestMs = record.timeMs;
    eachPoint(state, this.index, record, nowMs, this.takePoint);
    for (const event of record.events) this.takeEvent(record.entity, event, nowMs);
  }

  /**
   * What is to be written now, made as it is asked for. `isCaughtUp`: no older record is on the bus still, so hours may be closed.
   */
  *due(nowMs: number, isCaughtUp: boolean): Generator<DueRollup> {
    for (const subject of this.dirty) {
      let isSettled = true;
      for (const [hour, notes] of subject.hours) {
        isSettled &&= notes.isWrittenClosed && !notes.isDirty;
        const isOver = isCaughtUp && nowMs >= hour + hourMs + this.options.graceMs;
        if (!this.isDue(notes, isOver, nowMs)) continue;
        const record = rollupOf(subject, hour, isOver);
        const written = (atMs: number) => this.noteWritten(notes, isOver, atMs);
        if (record) yield { record, written };
        else written(nowMs);
      }
      if (isSettled) this.dirty.delete(subject);
    }
  }

  /** Drops hours that nothing can change any more, and subjects that nobody speaks of. */
  forget(): void {
    const beforeHourMs = hourOf(this.newestMs) - lateHours * hourMs;
    let isAnyForgotten = false;
    for (const [key, subject] of this.subjects.byKey) {
      for (const [hour, { isDirty, isWrittenClosed }] of subject.hours) {
        if (hour < beforeHourMs && isWrittenClosed && !isDirty) subject.hours.delete(hour);
      }
      const keptFromMs = Math.min(beforeHourMs, ...subject.hours.keys());
      for (const [name, source] of subject.sources) {
        source.open = undefined;
        forgetCells(source.chain, keptFromMs);
        if (Math.max(source.seenMs, newestOf(source.chain)) >= this.newestMs - forgottenAfterMs) continue;
        this.subjects.dropSource(subject, name);
        isAnyForgotten = true;
      }
      if (subject.sources.size > 0 || subject.hours.size > 0) continue;
      this.subjects.delete(key);
      this.dirty.delete(subject);
      isAnyForgotten = true;
    }
    if (isAnyForgotten) this.index.forget();
  }

  form(): unknown {
    return keeperForm(this.subjects, this.newestMs, this.latePoints);
  }

  /** Takes over what `form()` gave; anything else is passed over, and the rollups begin anew. False then. */
  restore(form: unknown): boolean {
    const rebuilt = rebuildKeeper(form, this.subjects);
    if (!rebuilt) return form === undefined;
    this.newestMs = rebuilt.newestMs;
    this.latePoints = rebuilt.latePoints;
    for (const subject of this.subjects.byKey.values()) this.dirty.add(subject);
    return true;
  }

  private isDue({ isDirty, isWrittenClosed, writtenMs }: HourNotes, isOver: boolean, nowMs: number): boolean {
    if (isOver) return isDirty || !isWrittenClosed;
    // The distance, not the difference: a clock that was set back must not keep rollups from being written.
    return isDirty && Math.abs(nowMs - writtenMs) >= this.options.openEveryMs;
  }

  private noteWritten(notes: HourNotes, closed: boolean, nowMs: number): void {
    notes.isDirty = false;
    notes.writtenMs = nowMs;
    notes.isWrittenClosed = closed;
    this.revision++;
  }

  private readonly takePoint = (source: Source, atMs: number, startMs: number, value: number | Sketch): void => {
    const { open } = source;
    // What goes on with the newest run is most of all, and costs two assignments.
    if (open && atMs >= open.run.atMs && atMs < open.hourMs + hourMs && startMs <= open.run.atMs && value === value) {
      open.run.atMs = atMs;
      open.run.value = value;
      if (!open.notes.isDirty) this.touch(source.subject, open.notes);
      return;
    }
    if (value !== value || !this.isInTime(hourOf(atMs))) return;
    if (source.subject.name.k === 'gauge') this.takeValue(source, atMs, value as number);
    else this.takeCumulative(source, atMs, startMs, value);
  };

  private takeValue(source: Source, atMs: number, value: number): void {
    if (atMs === source.seenMs) return;
    source.seenMs = Math.max(source.seenMs, atMs);
    const notes = hourNotes(source.subject, hourOf(atMs));
    notes.gauge = withValue(notes.gauge, value, atMs);
    this.touch(source.subject, notes);
  }

  private takeCumulative(source: Source, atMs: number, startMs: number, value: number | Sketch): void {
    const { subject, chain } = source;
    const changed = takePoint(chain, hourOf(atMs), { atMs, startMs, value });
    const newest = chain.cells.at(-1);
    if (newest) {
      source.open = { hourMs: newest.hourMs, run: newest.runs.at(-1)!, notes: hourNotes(subject, newest.hourMs) };
    }
    if (changed < 0) return;
    this.touch(subject, hourNotes(subject, hourOf(atMs)));
    const next = chain.cells[changed + 1];
    if (next) this.touch(subject, hourNotes(subject, next.hourMs));
  }

  private takeEvent(entity: string, event: MeasurementEvent, nowMs: number): void {
    if (event.name !== slowOperationEvent && event.name !== statementEvent) return;
    if (event.timeMs > nowMs + 5 * 60_000 || !this.isInTime(hourOf(event.timeMs))) return;
    if (event.name === slowOperationEvent) this.takeSlowOperation(entity, event);
    else this.takeRanking(entity, event);
  }

  private takeSlowOperation(entity: string, event: MeasurementEvent): void {
    const slow = slowOperationOf(event);
    if (!slow) return;
    const { component, operation, exemplar } = slow;
    const subject = this.subjects.find({ k: 'operation', entity, service: entity, component, operation })!;
    const notes = hourNotes(subject, hourOf(event.timeMs));
    notes.exemplars = slowest([...(notes.exemplars ?? []), exemplar]);
    this.touch(subject, notes);
  }

  private takeRanking(entity: string, event: MeasurementEvent): void {
    const name = statementOf(entity, event);
    const subject = name && this.subjects.find(name);
    if (!subject) return;
    const notes = hourNotes(subject, hourOf(event.timeMs));
    notes.statement = withRanking(notes.statement, event);
    this.touch(subject, notes);
  }

  private isInTime(hour: number): boolean {
    if (hour >= hourOf(this.newestMs) - lateHours * hourMs) return true;
    this.latePoints++;
    return false;
  }

  private touch(subject: Subject, notes: HourNotes): void {
    notes.isDirty = true;
    this.dirty.add(subject);
  }
}
