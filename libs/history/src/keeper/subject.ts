import type { RollupExemplar } from '@omninode/contracts';
import type { Sketch } from '../sketch/sketch-sum.js';
import type { Chain, Run } from './cumulative.js';
import type { GaugeHour } from './gauge-hour.js';
import type { StatementHour } from './statement-hour.js';
import type { SubjectName } from './subject-name.js';
import type { OperationPart } from './tracked-series.js';

/** Everything that is kept of a subject. */
export interface Subject {
  readonly name: SubjectName;
  readonly sources: Map<string, Source>;
  readonly hours: Map<number, HourNotes>;
  /** Series of operations beyond the cap that are added up here. */
  folded: number;
}

/** One series that a subject is made of. */
export interface Source {
  readonly subject: Subject;
  /** `value` for what is no part of an operation. */
  readonly part: OperationPart | 'value';
  /** The status or the type of error. */
  readonly by: string;
  /** What it grew by. Empty for a gauge. */
  readonly chain: Chain<number | Sketch>;
  /** When its newest value was taken, ms since 1970 UTC; 0: none yet. */
  seenMs: number;
  /** The newest run and its hour, at hand: most points go on with it. */
  open?: OpenRun | undefined;
}

export interface OpenRun {
  readonly hourMs: number;
  readonly run: Run<number | Sketch>;
  readonly notes: HourNotes;
}

/** What is kept of an hour besides the chains, and what was written of it. */
export interface HourNotes {
  isDirty: boolean;
  /** When it was written last, ms since 1970 UTC; 0: never. */
  writtenMs: number;
  isWrittenClosed: boolean;
  gauge?: GaugeHour;
  statement?: StatementHour;
  exemplars?: RollupExemplar[];
}

export function newSubject(name: SubjectName): Subject {
  return { name, sources: new Map(), hours: new Map(), folded: 0 };
}

export function hourNotes({ hours }: Subject, ofHourMs: number): HourNotes {
  let notes = hours.get(ofHourMs);
  if (!notes) hours.set(ofHourMs, (notes = { isDirty: false, writtenMs: 0, isWrittenClosed: false }));
  return notes;
}
