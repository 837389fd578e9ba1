import type {
  CounterRollup,
  GaugeRollup,
  OperationRollup,
  RequestStatus,
  RollupExemplar,
  StatementRollup,
} from '@omninode/contracts';
import { mergeSketches, type Sketch } from '../sketch/sketch-sum.js';
import { slowest } from '../keeper/exemplars.js';

/** What the book keeps of an hour, or of a day, of an operation. */
export interface OperationPart {
  /** Requests by how they ended. */
  readonly requests: Readonly<Partial<Record<RequestStatus, number>>>;
  /** How long they took, however they ended, seconds. */
  readonly durations: Sketch;
  readonly errors: Readonly<Record<string, number>> | undefined;
  readonly slow: number;
  readonly retries: number;
  readonly timeouts: number;
  readonly exemplars: readonly RollupExemplar[];
  readonly folded: number;
}

export interface CounterPart {
  readonly increase: number;
}

export interface GaugePart {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  readonly values: Sketch;
}

export interface StatementPart {
  readonly calls: number;
  readonly seconds: number;
  readonly slowestMeanSeconds: number | undefined;
  readonly query: string | undefined;
}

export interface Parts {
  operation: OperationPart;
  counter: CounterPart;
  gauge: GaugePart;
  statement: StatementPart;
}

type Rollups = { operation: OperationRollup; counter: CounterRollup; gauge: GaugeRollup; statement: StatementRollup };

/** How the part of each kind is read from a record, and how parts of one subject, in the order of time, are added up. */
export const parts: { readonly [K in keyof Parts]: PartKind<Rollups[K], Parts[K]> } = {
  operation: {
    of: ({ requests, durations, errors, slow, retries, timeouts, exemplars, folded }) => ({
      requests,
      durations: mergeSketches(Object.values(durations).map(sketchOf)),
      errors: Object.keys(errors).length > 0 ? errors : undefined,
      slow,
      retries,
      timeouts,
      exemplars,
      folded: folded ?? 0,
    }),
    merge: (all) => ({
      requests: addedUp(all.map(({ requests }) => requests)),
      durations: mergeSketches(all.map(({ durations }) => durations)),
      errors: all.some(({ errors }) => errors) ? addedUp(all.map(({ errors }) => errors ?? {})) : undefined,
      slow: sumOf(all, ({ slow }) => slow),
      retries: sumOf(all, ({ retries }) => retries),
      timeouts: sumOf(all, ({ timeouts }) => timeouts),
      exemplars: slowest(all.flatMap(({ exemplars }) => exemplars)),
      folded: Math.max(0, ...all.map(({ folded }) => folded)),
    }),
  },
  counter: {
    of: ({ increase }) => ({ increase }),
    merge: (all) => ({ increase: sumOf(all, ({ increase }) => increase) }),
  },
  gauge: {
    of: ({ count, sum, min, max, last, values }) => ({ count, sum, min, max, last, values: sketchOf(values) }),
    merge: (all) => ({
      count: sumOf(all, ({ count }) => count),
      sum: sumOf(all, ({ sum }) => sum),
      min: Math.min(...all.map(({ min }) => min)),
      max: Math.max(...all.map(({ max }) => max)),
      last: all.at(-1)!.last,
      values: mergeSketches(all.map(({ values }) => values)),
    }),
  },
  statement: {
    of: ({ calls, seconds, slowestMeanSeconds, query }) => ({ calls, seconds, slowestMeanSeconds, query }),
    merge: (all) => ({
      calls: sumOf(all, ({ calls }) => calls),
      seconds: sumOf(all, ({ seconds }) => seconds),
      slowestMeanSeconds: all.reduce<number | undefined>(
        (most, { slowestMeanSeconds: mean }) => (mean === undefined ? most : Math.max(most ?? 0, mean)),
        undefined,
      ),
      query: all.findLast(({ query }) => query !== undefined)?.query,
    }),
  },
};

interface PartKind<R, P> {
  of(record: R): P;
  /** Of one part or more. */
  merge(all: readonly P[]): P;
}

export function sketchOf([scale, zeroCount, sum, offset, counts]: GaugeRollup['values']): Sketch {
  return { scale, zeroCount, sum, offset, counts };
}

function sumOf<P>(all: readonly P[], valueOf: (part: P) => number): number {
  return all.reduce((sum, part) => sum + valueOf(part), 0);
}

function addedUp<K extends string>(all: readonly Readonly<Partial<Record<K, number>>>[]): Record<K, number> {
  const sums: Partial<Record<K, number>> = {};
  for (const one of all) for (const key of Object.keys(one) as K[]) sums[key] = (sums[key] ?? 0) + one[key]!;
  return sums as Record<K, number>;
}
