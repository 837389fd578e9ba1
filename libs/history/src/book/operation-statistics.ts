import type { RollupExemplar } from '@omninode/contracts';
import { boundOf, quantileOf, upperBoundOf } from '../sketch/quantile.js';
import { countOf, type Sketch } from '../sketch/sketch-sum.js';
import { hourOf } from '../keeper/hours.js';
import type { OperationPart } from './kept-hour.js';
import type { RollupBook } from './rollup-book.js';

export type RankedBy = 'p95' | 'total' | 'count';

export interface OperationQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: RankedBy;
  readonly limit: number;
  readonly service?: string | undefined;
}

/** An operation, or a statement of a database, over a window. Times in seconds; what is not known is absent. */
export interface OperationStatistics {
  readonly kind: 'operation' | 'statement';
  readonly service: string;
  readonly component: string;
  readonly operation: string;
  readonly count: number;
  /** Failures and timeouts. Absent for a statement, which does not tell. */
  readonly errors?: number;
  readonly errorRatio?: number;
  readonly totalSeconds: number;
  readonly meanSeconds?: number;
  /** From buckets: off by 2.2 % at most at the finest scale. */
  readonly p50Seconds?: number;
  readonly p95Seconds?: number;
  readonly p99Seconds?: number;
  /** The slowest request that was told, else the bound that none exceeded. */
  readonly maxSeconds?: number;
  readonly slow?: number;
  readonly exemplars: readonly RollupExemplar[];
  /** Text of the statement, constants replaced. */
  readonly query?: string;
  /** Series of operations beyond the cap that are in this one. */
  readonly folded?: number;
}

/** The operations of a window, those that cost most first. By p95 without statements: of these no distribution is known. */
export function rankOperations(book: RollupBook, query: OperationQuery): OperationStatistics[] {
  const found = [...operationsIn(book, query), ...(query.by === 'p95' ? [] : statementsIn(book, query))];
  const rank = rankOf[query.by];
  return found
    .sort((a, b) => rank(b) - rank(a) || b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1))
    .slice(0, query.limit);
}

const rankOf: Readonly<Record<RankedBy, (statistics: OperationStatistics) => number>> = {
  p95: ({ p95Seconds }) => p95Seconds ?? -1,
  total: ({ totalSeconds }) => totalSeconds,
  count: ({ count }) => count,
};

function* operationsIn(book: RollupBook, { fromMs, toMs, service }: OperationQuery): Generator<OperationStatistics> {
  for (const pages of book.of('operation')) {
    const { subject } = pages;
    if (service !== undefined && subject.service !== service) continue;
    const part = pages.within(hourOf(fromMs), toMs);
    if (!part) continue;
    const statistics = statisticsOf(subject, part);
    if (statistics.count > 0) yield statistics;
  }
}

export function statisticsOf(
  { service, component, operation }: Pick<OperationStatistics, 'service' | 'component' | 'operation'>,
  part: OperationPart,
): OperationStatistics {
  const { durations, exemplars, slow, folded } = part;
  const timed = countOf(durations);
  const count = Math.max(requestsOf(part), timed);
  const errors = errorsOf(part);
  return {
    kind: 'operation',
    service,
    component,
    operation,
    count,
    errors,
    ...(count > 0 && { errorRatio: errors / count }),
    totalSeconds: durations.sum,
    ...(timed > 0 && {
      meanSeconds: durations.sum / timed,
      p50Seconds: quantileOf(durations, 0.5)!,
      p95Seconds: quantileOf(durations, 0.95)!,
      p99Seconds: quantileOf(durations, 0.99)!,
      maxSeconds: slowestOf(durations, exemplars),
    }),
    slow,
    exemplars,
    ...(folded > 0 && { folded }),
  };
}

export function errorsOf({ requests: { failure = 0, timeout = 0 } }: Pick<OperationPart, 'requests'>): number {
  return failure + timeout;
}

function requestsOf({ requests }: OperationPart): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}

/** The slowest request is told with its duration only when it was slow for its operation; the topmost bucket bounds it always. */
function slowestOf(durations: Sketch, [slowestTold]: readonly RollupExemplar[]): number {
  const bound = upperBoundOf(durations)!;
  const isInTopmost = slowestTold && slowestTold.seconds >= bound / boundOf(1, durations.scale);
  return isInTopmost ? slowestTold.seconds : bound;
}

function* statementsIn(book: RollupBook, { fromMs, toMs, service }: OperationQuery): Generator<OperationStatistics> {
  for (const pages of book.of('statement')) {
    const { entity, database, queryId } = pages.subject;
    if (service !== undefined && entity !== service) continue;
    const part = pages.within(hourOf(fromMs), toMs);
    if (!part) continue;
    yield {
      kind: 'statement',
      service: entity,
      component: database,
      operation: queryId,
      count: part.calls,
      totalSeconds: part.seconds,
      ...(part.calls > 0 && { meanSeconds: part.seconds / part.calls }),
      exemplars: [],
      ...(part.query !== undefined && { query: part.query }),
    };
  }
}

function nameOf({ kind, service, component, operation }: OperationStatistics): string {
  return JSON.stringify([kind, service, component, operation]);
}
