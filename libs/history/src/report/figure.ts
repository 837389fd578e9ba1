/** A number of the report. Where there is none it says why: a missing value is never 0. */
export type Figure = { readonly value: number } | { readonly noDataBecause: string };

export interface ReportRow {
  readonly what: string;
  /** The target or service, with what tells its series apart; empty when the row is of nothing in particular. */
  readonly of: string;
  readonly unit: string;
  readonly day: Figure;
  readonly dayBefore: Figure;
  /** What is usual for the hours of such a day. */
  readonly usual: Figure;
}

export function valueOf(given: Figure): number | undefined {
  return 'value' in given ? given.value : undefined;
}

export function figure(value: number | undefined, noDataBecause: string): Figure {
  return value === undefined || !Number.isFinite(value) ? { noDataBecause } : { value };
}

/** By how much a day differs from the one before, of that one; `undefined` where that can't be said. */
export function changeOf({ day, dayBefore }: ReportRow): number | undefined {
  const value = valueOf(day);
  const before = valueOf(dayBefore);
  return value === undefined || before === undefined || before === 0 ? undefined : (value - before) / before;
}
