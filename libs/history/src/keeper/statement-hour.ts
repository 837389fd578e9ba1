import type { MeasurementEvent } from '@omninode/contracts';
import type { SubjectName } from './subject-name.js';

/** Named as `libs/collectors/database` names it; what it holds is untrusted until it is checked here. */
export const statementEvent = 'database.statement_ranking';

/** What a statement cost in the intervals of one hour in which it was ranked. */
export interface StatementHour {
  calls: number;
  seconds: number;
  slowestMeanSeconds: number | undefined;
  query: string | undefined;
}

/** The statement that a ranking is of; `undefined` when it does not say. */
export function statementOf(entity: string, { attributes }: MeasurementEvent): SubjectName<'statement'> | undefined {
  const { database, user_id: userId, query_id: queryId, calls, seconds } = attributes;
  if (typeof queryId !== 'string' || !isAmount(calls) || !isAmount(seconds)) return undefined;
  return {
    k: 'statement',
    entity,
    database: textOf(database, 256) ?? '',
    userId: textOf(String(userId ?? ''), 64) ?? '',
    queryId: queryId.slice(0, 64),
  };
}

export function withRanking(hour: StatementHour | undefined, { attributes }: MeasurementEvent): StatementHour {
  const into = hour ?? { calls: 0, seconds: 0, slowestMeanSeconds: undefined, query: undefined };
  const { calls, seconds, mean_seconds: mean, query } = attributes;
  into.calls += calls as number;
  into.seconds += seconds as number;
  if (isAmount(mean)) into.slowestMeanSeconds = Math.max(into.slowestMeanSeconds ?? 0, mean);
  into.query = textOf(query, 4_096) ?? into.query;
  return into;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function textOf(value: unknown, length: number): string | undefined {
  return typeof value === 'string' ? value.slice(0, length).toWellFormed() : undefined;
}
