import { enoughWeeks, type Baselines } from '../baselines/baselines.js';
import type { CounterPart, GaugePart } from '../book/kept-hour.js';
import type { RollupBook } from '../book/rollup-book.js';
import type { SubjectPages } from '../book/subject-pages.js';
import { subjectKey, type SubjectName } from '../keeper/subject-name.js';
import { countOf } from '../sketch/sketch-sum.js';
import { figure, type Figure, type ReportRow } from './figure.js';
import type { ReportDay } from './report-day.js';
import type { CounterRow, GaugeRow, QuotientRow, RowSpec } from './row-specs.js';

export interface RowSources {
  readonly book: RollupBook;
  readonly baselines: Baselines;
  readonly day: ReportDay;
  readonly before: ReportDay;
}

/** The rows of a figure: one for each series that has it, or one that says why there is none. */
export function rowsOf(spec: RowSpec, sources: RowSources): ReportRow[] {
  const { what, unit, without } = spec;
  const rows = spec.kind === 'gauge' ? gaugeRows(spec, sources) : counterRows(spec, sources);
  if (rows.length > 0) return rows.sort((a, b) => (a.of < b.of ? -1 : 1));
  const none = { noDataBecause: without };
  return [{ what, of: '', unit, day: none, dayBefore: none, usual: none }];
}

function gaugeRows(spec: GaugeRow, { book, baselines, day, before }: RowSources): ReportRow[] {
  const { what, unit, metric, of } = spec;
  return pagesOf(book, 'gauge', metric).map((pages) => {
    const valueIn = ({ fromMs, toMs }: ReportDay) => gaugeValue(pages.within(fromMs, toMs), of);
    return {
      what,
      unit,
      of: nameOf(pages.subject),
      day: figure(valueIn(day), noValue),
      dayBefore: figure(valueIn(before), noValue),
      usual: usualOf(baselines, pages.subject, day, ({ values }) => {
        return of === 'mean' && countOf(values) > 0 ? values.sum / countOf(values) : undefined;
      }),
    };
  });
}

function counterRows(spec: CounterRow | QuotientRow, sources: RowSources): ReportRow[] {
  const { book, baselines, day, before } = sources;
  return pagesOf(book, 'counter', spec.metric).map((pages) => {
    const { subject } = pages;
    const growth = ({ fromMs, toMs }: ReportDay) => (pages.within(fromMs, toMs) as CounterPart | undefined)?.increase;
    const own = { what: spec.what, unit: spec.unit, of: nameOf(subject) };
    if (spec.kind === 'counter') {
      const usual = usualOf(baselines, subject, day, ({ sumOfMedians }) => sumOfMedians);
      return { ...own, day: figure(growth(day), noValue), dayBefore: figure(growth(before), noValue), usual };
    }
    const quotientIn = (of: ReportDay) => quotient(growth(of), divisorOf(spec, subject, book, of), spec.idle);
    const usual = { noDataBecause: 'not kept for quotients' };
    return { ...own, day: quotientIn(day), dayBefore: quotientIn(before), usual };
  });
}

function divisorOf(
  { of }: QuotientRow,
  subject: SubjectName<'counter'>,
  book: RollupBook,
  { fromMs, toMs }: ReportDay,
): number | undefined {
  const found = of.map((name) => book.pages.get(subjectKey({ ...subject, name }))?.within(fromMs, toMs));
  const known = found.filter((part) => part !== undefined) as CounterPart[];
  return known.length === 0 ? undefined : known.reduce((sum, { increase }) => sum + increase, 0);
}

function quotient(growth: number | undefined, divisor: number | undefined, idle: string): Figure {
  if (growth === undefined || divisor === undefined) return { noDataBecause: noValue };
  return divisor > 0 ? { value: growth / divisor } : { noDataBecause: idle };
}

const noValue = 'no value came on that day';

function gaugeValue(part: GaugePart | undefined, of: 'mean' | 'max'): number | undefined {
  return part && (of === 'max' ? part.max : part.sum / part.count);
}

function usualOf(
  baselines: Baselines,
  subject: SubjectName,
  { fromMs, toMs }: ReportDay,
  valueOf: (usual: NonNullable<ReturnType<Baselines['usual']>>) => number | undefined,
): Figure {
  const usual = baselines.usual(subjectKey(subject), fromMs, toMs);
  if (!usual) return { noDataBecause: 'it has no baseline yet' };
  if (usual.weeks < enoughWeeks) {
    return { noDataBecause: `${enoughWeeks} weeks are needed of each hour, ${usual.weeks} are there` };
  }
  return figure(valueOf(usual), 'not kept for such values');
}

function pagesOf<K extends 'gauge' | 'counter'>(book: RollupBook, kind: K, metric: string): SubjectPages<K>[] {
  return [...book.of(kind)].filter((pages) => (pages.subject as SubjectName<'gauge'>).name === metric);
}

function nameOf({ entity, labels }: SubjectName<'gauge'> | SubjectName<'counter'>): string {
  const others = Object.entries(labels).filter(
    ([name, value]) => value !== entity || (name !== 'target' && name !== 'service_name'),
  );
  return others.length === 0 ? entity : `${entity} ${others.map(([name, value]) => `${name}=${value}`).join(' ')}`;
}
