import type { RequestStatus, RollupExemplar } from '@omninode/contracts';
import { boundOf, quantileOf, upperBoundOf } from '../sketch/quantile.js';
import { countOf, mergeSketches, type Sketch } from '../sketch/sketch-sum.js';
import { hourOf } from '../keeper/hours.js';
import type { SubjectName } from '../keeper/subject-name.js';
import { parts, type OperationPart, type StatementPart } from './kept-hour.js';
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
  return found
    .sort((a, b) => b.rank - a.rank || b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1))
    .slice(0, query.limit)
    .map(({ statistics }) => statistics());
}

/** What places it. Its statistics are made for those that are told: there may be thousands of others. */
interface Ranked {
  readonly subject: SubjectName<'operation'> | SubjectName<'statement'>;
  readonly rank: number;
  readonly count: number;
  statistics(): OperationStatistics;
}

function* operationsIn(book: RollupBook, { fromMs, toMs, service, by }: OperationQuery): Generator<Ranked> {
  for (const pages of book.of('operation')) {
    const { subject } = pages;
    if (service !== undefined && subject.service !== service) continue;
    const all = pages.partsWithin(hourOf(fromMs), toMs);
    const durations = mergeSketches(all.map((part) => part.durations));
    const timed = countOf(durations);
    const count = Math.max(
      all.reduce((sum, part) => sum + requestsOf(part), 0),
      timed,
    );
    if (count === 0) continue;
    const ranks = { p95: () => quantileOf(durations, 0.95) ?? -1, total: () => durations.sum, count: () => count };
    yield { subject, rank: ranks[by](), count, statistics: () => statisticsOf(subject, parts.operation.merge(all)) };
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
  let sum = 0;
  for (const status in requests) sum += requests[status as RequestStatus] ?? 0;
  return sum;
}

/** The slowest request is told with its duration only when it was slow for its operation; the topmost bucket bounds it always. */
function slowestOf(durations: Sketch, [slowestTold]: readonly RollupExemplar[]): number {
  const bound = upperBoundOf(durations)!;
  const isInTopmost = slowestTold && slowestTold.seconds >= bound / boundOf(1, durations.scale);
  return isInTopmost ? slowestTold.seconds : bound;
}

function* statementsIn(book: RollupBook, { fromMs, toMs, service, by }: OperationQuery): Generator<Ranked> {
  for (const pages of book.of('statement')) {
    const { subject } = pages;
    if (service !== undefined && subject.entity !== service) continue;
    const part = pages.within(hourOf(fromMs), toMs);
    if (!part) continue;
    const { calls, seconds } = part;
    const rank = by === 'total' ? seconds : calls;
    yield { subject, rank, count: calls, statistics: () => statementStatistics(subject, part) };
  }
}

function statementStatistics(
  { entity, database, queryId }: SubjectName<'statement'>,
  { calls, seconds, query }: StatementPart,
): OperationStatistics {
  return {
    kind: 'statement',
    service: entity,
    component: database,
    operation: queryId,
    count: calls,
    totalSeconds: seconds,
    ...(calls > 0 && { meanSeconds: seconds / calls }),
    exemplars: [],
    ...(query !== undefined && { query }),
  };
}

function nameOf({ subject }: Ranked): string {
  if (subject.k === 'operation')
    return JSON.stringify([subject.k, subject.service, subject.component, subject.operation]);
  return JSON.stringify([subject.k, subject.entity, subject.database, subject.queryId]);
}
