import type { Columns } from '@omninode/contracts';

/**
 * Two halves of columns that are too large for one record, or `null` when there is nothing to divide. Starts come first: a
 * reader must know that a counter began anew before it sees the counter's smaller value.
 */
export function splitColumns(columns: Columns, slots: (series: number) => number): readonly [Columns, Columns] | null {
  const { starts, exponentials, known } = columns;
  const indexes =
    columns.indexes ?? Array.from({ length: known }, (_, series) => series).filter((series) => slots(series) > 0);
  const nothing = { known, indexes: [], values: [], timeOffsetsMs: null, starts: [], exponentials: [] };
  if (starts.length > 0 && indexes.length + exponentials.length > 0) {
    return [
      { ...nothing, starts },
      { ...columns, starts: [] },
    ];
  }
  if (starts.length > 1) {
    const middle = starts.length >> 1;
    return [
      { ...nothing, starts: starts.slice(0, middle) },
      { ...nothing, starts: starts.slice(middle) },
    ];
  }
  if (indexes.length > 0 && exponentials.length > 0) {
    return [
      { ...columns, indexes, exponentials: [] },
      { ...nothing, exponentials },
    ];
  }
  if (exponentials.length > 1) {
    const middle = exponentials.length >> 1;
    return [
      { ...nothing, exponentials: exponentials.slice(0, middle) },
      { ...nothing, exponentials: exponentials.slice(middle) },
    ];
  }
  if (indexes.length < 2) return null;
  const middle = indexes.length >> 1;
  const firstValues = indexes.slice(0, middle).reduce((sum, series) => sum + slots(series), 0);
  return [
    { ...nothing, indexes: indexes.slice(0, middle), values: columns.values.slice(0, firstValues) },
    { ...nothing, indexes: indexes.slice(middle), values: columns.values.slice(firstValues) },
  ];
}
