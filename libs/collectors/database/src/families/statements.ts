import { defineFamily } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import { errors } from '../errors.js';
import type { DatabaseQuery } from '../server/database-query.js';
import type { ServerFacts, StatementsExtension } from '../server/server-facts.js';
import { baselineOf, intervalSince } from '../statements/interval-deltas.js';
import type { Interval } from '../statements/interval-deltas.js';
import { rankStatements } from '../statements/rank-statements.js';
import type { Ranked } from '../statements/rank-statements.js';
import { rankingAttributes, rankingEvents } from '../statements/ranking-event.js';
import { readStatementMemory } from '../statements/statement-memory.js';
import { countersQuery, keyOf, textsQuery } from '../statements/statement-rows.js';
import type { ModuleRow, ReplyRow, StatementRow, TextRow } from '../statements/statement-rows.js';
import { afterFailedFetch, missingTexts, noTexts, withTexts } from '../statements/statement-texts.js';
import { addTotals } from '../statements/statement-totals.js';

/**
 * What statements cost: totals per database, and the statements that cost most since the pass before. Source: pg_stat_statements.
 * It forgets entries, so a total over its rows can fall; ours are added up from what each entry grew by.
 */
export const statements = defineFamily<DatabaseQuery, readonly ReplyRow[]>()({
  name: 'statements',
  lane: 'medium',
  openLabels: ['database'],
  metrics: {
    omninode_database_queries_total: counter('queries', 'Statements that ended, since this owner took the target.', [
      'database',
    ]),
    omninode_database_query_time_seconds_total: counter(
      'seconds',
      'Time that statements ran, since this owner took the target.',
      ['database'],
    ),
    omninode_database_query_planning_seconds_total: counter(
      'seconds',
      'Time that planning took, since this owner took the target. Absent while pg_stat_statements.track_planning is off.',
      ['database'],
    ),
    omninode_database_query_rows_total: counter(
      'rows',
      'Rows that statements returned or changed, since this owner took the target.',
      ['database'],
    ),
    omninode_database_query_blocks_total: counter(
      'blocks',
      'Shared blocks by operation: hit, read, dirtied, written, since this owner took the target.',
      ['database', 'operation'],
    ),
    omninode_database_query_temp_blocks_total: counter(
      'blocks',
      'Temporary blocks by operation: read, written, since this owner took the target.',
      ['database', 'operation'],
    ),
    omninode_database_query_wal_bytes_total: counter(
      'bytes',
      'WAL that statements wrote, since this owner took the target.',
      ['database'],
    ),
    omninode_database_statement_entries: gauge('entries', 'Entries that pg_stat_statements holds.'),
    omninode_database_statement_entries_max: gauge('entries', 'Entries that pg_stat_statements can hold.'),
    omninode_database_statement_evictions_total: counter(
      'events',
      'Times that pg_stat_statements threw out its least used entries for want of room. Absent before version 1.9 of the extension.',
    ),
  },
  events: rankingEvents,

  query: (server) => countersQuery(extensionOf(server)),

  followUp(reply, { memory, atMs }) {
    const { module, rows } = split(reply);
    const interval = module && intervalSince(memory?.baseline, module, rows, atMs);
    const cache = memory?.texts ?? noTexts;
    const listed = interval ? rankStatements(interval, cache.own).map(({ row }) => keyOf(row)) : [];
    const missing = missingTexts(cache, listed, atMs);
    if (missing.length === 0) return undefined;
    return (server) =>
      textsQuery(
        extensionOf(server),
        missing.map((key) => key.split(' ')[2] as string),
      );
  },

  parseMemory: readStatementMemory,

  toMeasurements(reply, record, { atMs, takenAtMs, memory, followUp, followUpMs, followUpFailed }) {
    const { module, rows } = split(reply);
    if (!module) return;
    if (module.computes_ids === 'off')
      record.report('degraded', 'compute_query_id is off, so statements have no entries. Set it to auto.');
    if (module.tracks === 'none')
      record.report('degraded', 'pg_stat_statements.track is none, so nothing is counted. Set it to top.');
    record.omninode_database_statement_entries(rows.length);
    record.omninode_database_statement_entries_max(module.entries_max);
    record.omninode_database_statement_evictions_total(
      module.evictions,
      module.reset === null ? null : Math.round(Number(module.reset) * 1000),
    );

    const interval = intervalSince(memory?.baseline, module, rows, atMs);
    const totals = addTotals(memory, interval, { rows, atMs, takenAtMs });
    const plans = module.tracks_planning === 'on';
    for (const [database, sum] of Object.entries(totals.databases)) {
      const { sinceMs } = totals;
      record.omninode_database_queries_total(sum.calls, { database }, sinceMs);
      record.omninode_database_query_time_seconds_total(sum.exec_time / 1000, { database }, sinceMs);
      record.omninode_database_query_planning_seconds_total(plans ? sum.plan_time / 1000 : null, { database }, sinceMs);
      record.omninode_database_query_rows_total(sum.rows, { database }, sinceMs);
      for (const operation of ['hit', 'read', 'dirtied', 'written'] as const) {
        record.omninode_database_query_blocks_total(sum[`blocks_${operation}`], { database, operation }, sinceMs);
      }
      for (const operation of ['read', 'written'] as const) {
        record.omninode_database_query_temp_blocks_total(
          sum[`temp_blocks_${operation}`],
          { database, operation },
          sinceMs,
        );
      }
      record.omninode_database_query_wal_bytes_total(sum.wal_bytes, { database }, sinceMs);
    }

    const listed = interval ? keysOf(rankStatements(interval, [])) : [];
    let texts = memory?.texts ?? noTexts;
    if (followUp) texts = withTexts(texts, { rows: followUp as readonly TextRow[], listed, atMs, tookMs: followUpMs });
    else if (followUpFailed) texts = afterFailedFetch(texts, atMs);
    for (const ranked of interval ? rankStatements(interval, texts.own) : []) {
      record.event('database.statement_ranking', rankingAttributes(ranked, interval as Interval, texts, plans));
    }
    return { baseline: baselineOf(module, rows, atMs), totals, texts };
  },
});

/** The extension, or what the operator must do to have it. */
function extensionOf({
  statements: extension,
  areStatementsLoaded,
  seesAll,
  database,
  role,
}: ServerFacts): StatementsExtension {
  if (!areStatementsLoaded) throw errors.STATEMENTS_NOT_LOADED({ database });
  if (!extension) throw errors.STATEMENTS_NOT_CREATED({ database });
  if (extension.minor < 8) throw errors.STATEMENTS_TOO_OLD({ version: `1.${extension.minor}`, database });
  if (!extension.isReachable) throw errors.STATEMENTS_SCHEMA_CLOSED({ schema: extension.schema, role, database });
  if (!seesAll) throw errors.STATEMENTS_HIDDEN({ role });
  return extension;
}

function split(reply: readonly ReplyRow[]): { module: ModuleRow | undefined; rows: readonly StatementRow[] } {
  const module = reply.find((row) => row.queryid === null);
  return { module, rows: reply.filter((row) => row.queryid !== null) };
}

const keysOf = (ranked: readonly Ranked[]) => ranked.map(({ row }) => keyOf(row));
