import type { MetricKind } from '../catalogue.js';

/**
 * How many slots of `Columns.values` a series of this kind takes. A reader adds them up over the series that a record
 * names; another number of values is a `slot_mismatch`.
 */
export function slotsOf(kind: MetricKind, bounds: readonly number[]): number {
  switch (kind) {
    case 'gauge':
    case 'counter':
      return 1;
    // A count for each bound and for +Inf, then the sum.
    case 'histogram':
      return bounds.length + 2;
    // Its values stand in `Columns.exponentials`.
    case 'exponential':
      return 0;
  }
}
