import { Listed } from '@omninode/aggregation';
import type { RollupExemplar } from '@omninode/contracts';
import { SketchSum, type Sketch } from '../sketch/sketch-sum.js';
import type { Chain, Run } from './cumulative.js';
import type { GaugeHour } from './gauge-hour.js';
import type { StatementHour } from './statement-hour.js';
import { newSubject, type HourNotes, type Source, type Subject } from './subject.js';
import { subjectKey, type SubjectName } from './subject-name.js';
import type { Subjects } from './subjects.js';

/** What a snapshot holds of a keeper. Raised when its meaning changes: an older form is passed over then. */
const version = 1;

type Value = number | Sketch;
type RunForm = readonly [startMs: number, atMs: number, value: Value];
type SourceForm = readonly [
  key: string,
  part: Source['part'],
  by: string,
  seenMs: number,
  before: RunForm | 0,
  isSighted: 0 | 1,
  cells: readonly (readonly [hourMs: number, runs: readonly RunForm[]])[],
];
interface HourForm {
  readonly hourMs: number;
  readonly state: readonly [isDirty: boolean, writtenMs: number, isWrittenClosed: boolean];
  readonly gauge?: Omit<GaugeHour, 'values'> & { readonly values: Sketch };
  readonly statement?: StatementHour;
  readonly exemplars?: readonly RollupExemplar[];
}
interface SubjectForm {
  readonly name: SubjectName;
  readonly folded: number;
  readonly sources: readonly SourceForm[];
  readonly hours: readonly HourForm[];
}
interface KeeperForm {
  readonly version: typeof version;
  readonly newestMs: number;
  readonly latePoints: number;
  readonly subjects: Iterable<SubjectForm>;
}

export function keeperForm({ byKey }: Subjects, newestMs: number, latePoints: number): KeeperForm {
  return { version, newestMs, latePoints, subjects: new Listed(() => subjectForms(byKey.values())) };
}

function* subjectForms(subjects: Iterable<Subject>): Iterable<SubjectForm> {
  for (const subject of subjects) yield subjectForm(subject);
}

/** Fills the subjects from a form; `undefined`, and nothing is changed, when it is none of this version. */
export function rebuildKeeper(
  form: unknown,
  subjects: Subjects,
): Pick<KeeperForm, 'newestMs' | 'latePoints'> | undefined {
  const { version: given, newestMs, latePoints, subjects: forms } = (form ?? {}) as Partial<KeeperForm>;
  if (given !== version || newestMs === undefined || latePoints === undefined || !forms) return undefined;
  for (const each of forms) subjects.put(subjectKey(each.name), rebuildSubject(each));
  return { newestMs, latePoints };
}

function subjectForm({ name, folded, sources, hours }: Subject): SubjectForm {
  return {
    name,
    folded,
    sources: [...sources].map(([key, { part, by, seenMs, chain }]): SourceForm => {
      const { before, isSighted, cells } = chain;
      const cellForms = cells.map(({ hourMs, runs }) => [hourMs, runs.map(runForm)] as const);
      return [key, part, by, seenMs, before ? runForm(before) : 0, isSighted ? 1 : 0, cellForms];
    }),
    hours: [...hours].map(([hourMs, { isDirty, writtenMs, isWrittenClosed, gauge, statement, exemplars }]) => ({
      hourMs,
      state: [isDirty, writtenMs, isWrittenClosed],
      ...(gauge && { gauge: { ...gauge, values: gauge.values.value() } }),
      ...(statement && { statement: { ...statement } }),
      ...(exemplars && { exemplars }),
    })),
  };
}

function runForm({ startMs, atMs, value }: Run<Value>): RunForm {
  return [startMs, atMs, value];
}

function rebuildSubject(form: SubjectForm): Subject {
  const subject = newSubject(form.name);
  subject.folded = form.folded;
  for (const [key, part, by, seenMs, before, isSighted, cells] of form.sources) {
    const chain: Chain<Value> = {
      before: before === 0 ? undefined : runOf(before),
      isSighted: isSighted === 1,
      cells: cells.map(([hourMs, runs]) => ({ hourMs, runs: runs.map(runOf) })),
    };
    subject.sources.set(key, { subject, part, by, seenMs, chain });
  }
  for (const { hourMs, state, gauge, statement, exemplars } of form.hours) {
    const [isDirty, writtenMs, isWrittenClosed] = state;
    const notes: HourNotes = { isDirty, writtenMs, isWrittenClosed };
    if (gauge) notes.gauge = { ...gauge, values: new SketchSum().add(gauge.values) };
    // JSON leaves out what is undefined.
    if (statement)
      notes.statement = { ...statement, slowestMeanSeconds: statement.slowestMeanSeconds, query: statement.query };
    if (exemplars) notes.exemplars = [...exemplars];
    subject.hours.set(hourMs, notes);
  }
  return subject;
}

function runOf([startMs, atMs, value]: RunForm): Run<Value> {
  return { startMs, atMs, value };
}
