import { limits } from '@omninode/contracts';
import type { Columns, ExponentialValue } from '@omninode/contracts';
import type { SeriesTable } from './series-table.js';

/**
 * The values of the pass being written, as columns. The arrays are kept from pass to pass, so a pass like the one before
 * makes nothing. The methods that take values say whether they took them: an unknown series, another kind and a number
 * that is not finite are refused, because readers would refuse them, some with the whole record.
 */
export class Pass {
  private readonly indexes: number[] = [];
  private readonly values: number[] = [];
  private seriesCount = 0;
  private valueCount = 0;
  private ascending = true;
  private exponentials: (readonly [series: number, value: ExponentialValue])[] = [];
  private readonly startOf = new Map<number, number>();
  private newStarts = new Set<number>();

  constructor(private readonly table: SeriesTable) {}

  get isEmpty(): boolean {
    return this.seriesCount === 0 && this.exponentials.length === 0 && this.newStarts.size === 0;
  }

  point(series: number, value: number): boolean {
    if (this.table.slots(series) !== 1 || !Number.isFinite(value)) return false;
    this.name(series);
    this.values[this.valueCount++] = value;
    return true;
  }

  histogram(series: number, counts: readonly number[], sum: number): boolean {
    if (this.table.slots(series) !== counts.length + 1 || counts.length < 1) return false;
    if (!counts.every(Number.isFinite) || !Number.isFinite(sum)) return false;
    this.name(series);
    for (const count of counts) this.values[this.valueCount++] = count;
    this.values[this.valueCount++] = sum;
    return true;
  }

  exponential(series: number, value: ExponentialValue): boolean {
    if (!this.table.isExponential(series) || value.counts.length > limits.exponentialBuckets) return false;
    if (![value.scale, value.zeroCount, value.sum, value.offset, ...value.counts].every(Number.isFinite)) return false;
    this.exponentials.push([series, { ...value, counts: [...value.counts] }]);
    return true;
  }

  startedAt(series: number, startMs: number): boolean {
    const start = Math.round(startMs);
    if (this.table.slots(series) === undefined || !(start >= limits.earliestMs && start < limits.latestMs))
      return false;
    if (this.startOf.get(series) === start) return true;
    this.startOf.set(series, start);
    this.newStarts.add(series);
    return true;
  }

  /**
   * The pass as one record's columns, valid until the next value is written. `allStarts`: also those that were sent
   * before, for readers that missed them.
   */
  columns(allStarts: boolean): Columns {
    this.indexes.length = this.seriesCount;
    this.values.length = this.valueCount;
    const whole = this.ascending && this.seriesCount === this.table.sizeWithSlots;
    return {
      known: this.table.size,
      indexes: whole ? null : this.indexes,
      values: this.values,
      timeOffsetsMs: null,
      starts: allStarts
        ? [...this.startOf]
        : Array.from(this.newStarts, (series) => [series, this.startOf.get(series)!]),
      exponentials: this.exponentials,
    };
  }

  clear(): void {
    this.seriesCount = 0;
    this.valueCount = 0;
    this.ascending = true;
    if (this.exponentials.length > 0) this.exponentials = [];
    if (this.newStarts.size > 0) this.newStarts = new Set();
  }

  private name(series: number): void {
    if (this.seriesCount > 0 && series <= this.indexes[this.seriesCount - 1]!) this.ascending = false;
    this.indexes[this.seriesCount++] = series;
  }
}
