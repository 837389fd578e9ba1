import { levelsOf } from '../alert-rules.js';
import { charts, type Row } from '../board.js';
import { lines } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, ratio, sum } from '../promql/expression.js';
import { gauge, quantile, rate } from '../promql/series.js';
import { either, ofService, ofTarget } from './either.js';

/** Pools of services, as they tell of them themselves or a target does, and those of PgBouncer. */
export const pools: Row = {
  title: 'Connection pools',
  lines: [
    charts(
      lines({
        title: 'Connections in use',
        description: 'Of those that each pool may have; the pool "server" is the view of the server itself.',
        unit: unit.share,
        max: 1,
        levels: levelsOf('DatabaseConnectionPoolExhaustion'),
        alerts: ['DatabaseConnectionPoolExhaustion', 'database_pool_exhaustion'],
        queries: [
          query(
            either((of) =>
              ratio(
                max(
                  gauge('omninode_active_connections', { ...of, service: 'postgresql' }),
                  'target',
                  'service_name',
                  'pool',
                ),
                max(
                  gauge('omninode_max_connections', { ...of, service: 'postgresql' }),
                  'target',
                  'service_name',
                  'pool',
                ),
              ),
            ),
            '{{target}}{{service_name}} {{pool}}',
          ),
        ],
      }),
      lines({
        title: 'Open connections by state',
        description: 'In use and idle ones of the pools of services.',
        unit: unit.count,
        isStacked: true,
        queries: [
          query(
            either((of) =>
              sum(
                gauge('omninode_database_connection_pool_connections', of),
                'target',
                'service_name',
                'pool',
                'state',
              ),
            ),
            '{{target}}{{service_name}} {{pool}} {{state}}',
          ),
        ],
      }),
      lines({
        title: 'Requests that wait for a connection',
        description: 'Above 0 for long the pool is too small, or what it is lent out for too slow.',
        unit: unit.count,
        queries: [
          query(
            either((of) =>
              sum(gauge('omninode_database_connection_pool_waiting_requests', of), 'target', 'service_name', 'pool'),
            ),
            '{{target}}{{service_name}} {{pool}}',
          ),
        ],
      }),
    ),
    charts(
      lines({
        title: 'Wait for a connection, P95',
        description: 'Of services with the client, waits that ended in an error included.',
        unit: unit.seconds,
        queries: [
          query(
            quantile(0.95, 'omninode_database_connection_pool_wait_seconds', ofService, 'service_name', 'pool'),
            '{{service_name}} {{pool}}',
          ),
        ],
      }),
      lines({
        title: 'Lent out for, P95',
        description: 'Of services with the client.',
        unit: unit.seconds,
        queries: [
          query(
            quantile(0.95, 'omninode_database_connection_pool_use_seconds', ofService, 'service_name', 'pool'),
            '{{service_name}} {{pool}}',
          ),
        ],
      }),
      lines({
        title: 'Requests that got no connection',
        description:
          'And connections that broke while idle, by the code of the error. Absent for errors that never occurred.',
        unit: unit.perSecond,
        queries: [
          query(
            sum(
              rate('omninode_database_connection_pool_errors_total', ofService),
              'service_name',
              'pool',
              'error_type',
            ),
            '{{service_name}} {{pool}} {{error_type}}',
          ),
        ],
      }),
    ),
    charts(
      lines({
        title: 'PgBouncer: clients that wait for each connection',
        description: 'Above 0 for long the pool is too small, or its server too slow.',
        unit: unit.count,
        queries: [
          query(
            max(gauge('omninode_database_connection_pool_saturation_ratio', ofTarget), 'target', 'pool'),
            '{{target}} {{pool}}',
          ),
        ],
      }),
      lines({
        title: 'PgBouncer: longest wait',
        description: 'Of the client that waits longest now.',
        unit: unit.seconds,
        queries: [
          query(
            max(gauge('omninode_database_connection_pool_longest_wait_seconds', ofTarget), 'target', 'pool'),
            '{{target}} {{pool}}',
          ),
        ],
      }),
      lines({
        title: 'PgBouncer: queries',
        description: 'Those that ended.',
        unit: unit.perSecond,
        queries: [
          query(
            sum(rate('omninode_database_pooler_queries_total', ofTarget), 'target', 'database'),
            '{{target}} {{database}}',
          ),
        ],
      }),
    ),
  ],
};
