import { counter, defineMetrics, exponential, gauge } from '../catalogue.js';

/**
 * What there is to say of a pool of database connections, in the same words whoever says it: the client from inside a service,
 * the database collector from outside. `pool` is its name. The strategy document's two names carry its label `service` too: the
 * technology behind the pool, such as `postgresql`.
 */
export const poolMetrics = defineMetrics({
  omninode_active_connections: gauge(
    'connections',
    'Connections in use: with pool="server", sessions that run a statement or hold a transaction open; else those that the pool has lent out or is opening.',
    ['service', 'pool'],
  ),
  omninode_max_connections: gauge(
    'connections',
    'How many connections there may be: with pool="server", max_connections less what is reserved for other than ordinary roles; else the largest size of the pool that is in force.',
    ['service', 'pool'],
  ),
  omninode_database_connection_pool_connections: gauge(
    'connections',
    'Open connections of the pool: in_use ones are lent out or being opened, idle ones wait. Absent when the pool does not say.',
    ['pool', 'state'],
  ),
  omninode_database_connection_pool_waiting_requests: gauge(
    'requests',
    'Requests that wait for a connection of the pool. Absent when the pool does not say.',
    ['pool'],
  ),
  omninode_database_connection_pool_wait_seconds: exponential(
    'seconds',
    'How long requests waited for a connection, opening a new one and waits that ended in an error included. Absent until the first.',
    ['pool'],
  ),
  omninode_database_connection_pool_use_seconds: exponential(
    'seconds',
    'How long connections were lent out. Absent until the first came back.',
    ['pool'],
  ),
  omninode_database_connection_pool_errors_total: counter(
    'errors',
    'Requests that got no connection, and connections that broke while idle, by the name or code of the error. Absent for errors that never occurred.',
    ['pool', 'error_type'],
  ),
  omninode_database_connection_pool_opened_total: counter('connections', 'Connections that the pool opened.', ['pool']),
  omninode_database_connection_pool_closed_total: counter('connections', 'Connections that the pool closed.', ['pool']),
});
