import { levelsOf } from '../alert-rules.js';
import { charts, numbers, type Board } from '../board.js';
import { oneIsBad } from '../panels/mappings.js';
import { lines, stat } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { age, max, ratio, sum } from '../promql/expression.js';
import { gauge, rate } from '../promql/series.js';
import { pools } from './database-pools.js';
import { replication } from './database-replication.js';
import { storage } from './database-storage.js';
import { ofTarget } from './either.js';

export const database: Board = {
  name: 'database',
  title: 'Databases',
  description: 'PostgreSQL servers, the pools in front of them, and what they spend their time on.',
  choices: [
    { variable: 'target', metric: 'omninode_database_probe_seconds' },
    { variable: 'service', metric: 'omninode_database_connection_pool_opened_total' },
  ],
  rows: [
    {
      title: 'Servers',
      lines: [
        numbers(
          stat({
            title: 'Answer time',
            description: 'Of the smallest question.',
            unit: unit.seconds,
            queries: [query(max(gauge('omninode_database_probe_seconds', ofTarget), 'target'), '{{target}}')],
          }),
          stat({
            title: 'Sessions of those that may be',
            description: 'At 1 the server refuses the next login.',
            unit: unit.share,
            levels: levelsOf('database_pool_exhaustion'),
            alerts: ['database_pool_exhaustion'],
            queries: [
              query(
                max(gauge('omninode_database_connection_pool_utilization_ratio', ofTarget), 'target'),
                '{{target}}',
              ),
            ],
          }),
          stat({
            title: 'Blocked sessions',
            description: 'They wait for a lock of another session.',
            unit: unit.count,
            levels: { warning: 1 },
            queries: [query(sum(gauge('omninode_database_blocked_sessions', ofTarget), 'target'), '{{target}}')],
          }),
          stat({
            title: 'Up since',
            description: 'By the clock of the server.',
            unit: unit.seconds,
            queries: [
              query(age(max(gauge('omninode_database_start_timestamp_seconds', ofTarget), 'target')), '{{target}}'),
            ],
          }),
          stat({
            title: 'Nearest to wraparound',
            description: 'Shortly before 1 the server refuses all writes.',
            unit: unit.share,
            levels: levelsOf('DatabaseWraparound'),
            alerts: ['DatabaseWraparound'],
            queries: [query(max(gauge('omninode_database_wraparound_ratio', ofTarget), 'target'), '{{target}}')],
          }),
          stat({
            title: 'Role',
            description: 'A replica is in recovery.',
            unit: unit.count,
            mappings: oneIsBad('primary', 'replica'),
            queries: [query(max(gauge('omninode_database_in_recovery', ofTarget), 'target'), '{{target}}')],
          }),
        ),
        charts(
          lines({
            title: 'Client sessions by state',
            description: 'Idle in transaction holds locks and keeps vacuum from its work.',
            unit: unit.count,
            isStacked: true,
            queries: [
              query(sum(gauge('omninode_database_connections', ofTarget), 'target', 'state'), '{{target}} {{state}}'),
            ],
          }),
          lines({
            title: 'Active sessions by what they wait for',
            description: 'The load of the server: cpu are those that only wait for a core.',
            unit: unit.count,
            isStacked: true,
            queries: [
              query(sum(gauge('omninode_database_active_sessions', ofTarget), 'target', 'wait'), '{{target}} {{wait}}'),
            ],
          }),
        ),
      ],
    },
    pools,
    {
      title: 'Statements and transactions',
      lines: [
        charts(
          lines({
            title: 'Statements',
            description: 'Those that ended.',
            unit: unit.perSecond,
            queries: [
              query(
                sum(rate('omninode_database_queries_total', ofTarget), 'target', 'database'),
                '{{target}} {{database}}',
              ),
            ],
          }),
          lines({
            title: 'Mean time of statements',
            description:
              'Of those that ended in the interval, not since the server was started. The slowest are in the slow operations of the mesh.',
            unit: unit.seconds,
            levels: levelsOf('database_slow_queries'),
            alerts: ['database_slow_queries'],
            queries: [
              query(
                ratio(
                  sum(rate('omninode_database_query_time_seconds_total', ofTarget), 'target', 'database'),
                  sum(rate('omninode_database_queries_total', ofTarget), 'target', 'database'),
                ),
                '{{target}} {{database}}',
              ),
            ],
          }),
          lines({
            title: 'Transactions by outcome',
            description: 'Rollbacks are what applications gave up or what failed.',
            unit: unit.perSecond,
            queries: [
              query(
                sum(rate('omninode_database_transactions_total', ofTarget), 'target', 'outcome'),
                '{{target}} {{outcome}}',
              ),
            ],
          }),
        ),
        charts(
          lines({
            title: 'Rows by operation',
            description: 'Many returned for few fetched are scans of whole tables.',
            unit: unit.perSecond,
            queries: [
              query(
                sum(rate('omninode_database_rows_total', ofTarget), 'target', 'operation'),
                '{{target}} {{operation}}',
              ),
            ],
          }),
          lines({
            title: 'Oldest transaction',
            description: 'By the state of its session: one that is open for long keeps dead rows from being removed.',
            unit: unit.seconds,
            levels: levelsOf('DatabaseLongTransaction'),
            alerts: ['DatabaseLongTransaction'],
            queries: [
              query(
                max(gauge('omninode_database_oldest_transaction_seconds', ofTarget), 'target', 'state'),
                '{{target}} {{state}}',
              ),
            ],
          }),
          lines({
            title: 'Longest wait for a lock',
            description: 'Of the session that waits longest now; 0 when none waits.',
            unit: unit.seconds,
            levels: levelsOf('DatabaseLongLockWait'),
            alerts: ['DatabaseLongLockWait'],
            queries: [
              query(max(gauge('omninode_database_longest_lock_wait_seconds', ofTarget), 'target'), '{{target}}'),
            ],
          }),
          lines({
            title: 'Deadlocks and sessions that ended badly',
            description: 'Abandoned clients, fatal errors, sessions that were killed, and deadlocks.',
            unit: unit.perSecond,
            queries: [
              query(sum(rate('omninode_database_deadlocks_total', ofTarget), 'target'), '{{target}} deadlocks'),
              query(
                sum(rate('omninode_database_sessions_ended_total', ofTarget), 'target', 'cause'),
                '{{target}} {{cause}}',
              ),
            ],
          }),
        ),
      ],
    },
    storage,
    replication,
  ],
};
