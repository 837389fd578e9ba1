import type { Attributes } from '@omninode/collector-kit';
import { defineEvents } from '@omninode/contracts';
import type { Interval } from './interval-deltas.js';
import type { Ranked } from './rank-statements.js';
import { keyOf } from './statement-rows.js';
import type { TextCache } from './statement-texts.js';

export const rankingEvents = defineEvents({
  'database.statement_ranking': {
    meaning: 'A statement that was among the dearest of an interval, by any cost. One event for each such statement.',
    attributes: {
      from_ms: 'Begin of the interval, ms since 1970 UTC.',
      to_ms: 'End of the interval.',
      is_lossy: 'Whether entries were thrown out or reset in the interval, so that some of the work is not counted.',
      user_id: 'Oid of the role that ran it. With the next three the key of the statement.',
      database_id: 'Oid of the database.',
      query_id: 'Its query id, a decimal text.',
      is_top_level: 'Whether a client sent it; false for a statement inside a function.',
      database: 'Name of the database; dropped when it is gone.',
      user: "The role's name. Absent until the text was fetched.",
      query: 'Its text with $1 for constants, at most 1000 characters. Absent until it was fetched.',
      rank_time: 'Its place by time, from 1; absent beyond the tenth, like the other ranks.',
      rank_calls: 'Its place by calls.',
      rank_reads: 'Its place by blocks read.',
      rank_writes: 'Its place by blocks dirtied.',
      rank_temp: 'Its place by temporary blocks read and written.',
      calls: 'How often it ended in the interval.',
      seconds: 'How long it ran, all calls together.',
      mean_seconds: 'How long a call ran on average in this interval; absent without a call that ended.',
      planning_seconds: 'How long its planning took; absent while track_planning is off.',
      rows: 'Rows returned or changed.',
      blocks_hit: 'Shared blocks found in the buffers.',
      blocks_read: 'Shared blocks read.',
      blocks_dirtied: 'Shared blocks dirtied.',
      temp_blocks_read: 'Temporary blocks read.',
      temp_blocks_written: 'Temporary blocks written.',
      wal_bytes: 'WAL written, bytes.',
    },
  },
});

type RankingAttributes = Attributes<(typeof rankingEvents)['database.statement_ranking']>;

/** `plans`: whether the server measures planning. */
export function rankingAttributes(
  { row, deltas, ranks }: Ranked,
  interval: Interval,
  texts: TextCache,
  plans: boolean,
): RankingAttributes {
  return {
    from_ms: interval.fromMs,
    to_ms: interval.toMs,
    is_lossy: interval.isLossy,
    user_id: row.userid,
    database_id: row.dbid,
    query_id: row.queryid,
    is_top_level: row.toplevel === 't',
    database: row.database ?? 'dropped',
    user: texts.texts[keyOf(row)]?.user,
    query: texts.texts[keyOf(row)]?.query,
    rank_time: ranks.time,
    rank_calls: ranks.calls,
    rank_reads: ranks.reads,
    rank_writes: ranks.writes,
    rank_temp: ranks.temp,
    calls: deltas.calls,
    seconds: deltas.exec_time / 1000,
    mean_seconds: deltas.calls > 0 ? deltas.exec_time / 1000 / deltas.calls : undefined,
    planning_seconds: plans ? deltas.plan_time / 1000 : undefined,
    rows: deltas.rows,
    blocks_hit: deltas.blocks_hit,
    blocks_read: deltas.blocks_read,
    blocks_dirtied: deltas.blocks_dirtied,
    temp_blocks_read: deltas.temp_blocks_read,
    temp_blocks_written: deltas.temp_blocks_written,
    wal_bytes: deltas.wal_bytes,
  };
}
