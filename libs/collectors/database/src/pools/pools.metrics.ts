import { counter, defineMetrics, gauge, poolMetrics } from '@omninode/contracts';

/** What is said of pools in front of a server: those of a PgBouncer, named `database/user`, and those that services tell of. */
export const poolsMetrics = defineMetrics({
  omninode_active_connections: poolMetrics.omninode_active_connections,
  omninode_max_connections: poolMetrics.omninode_max_connections,
  omninode_database_connection_pool_connections: poolMetrics.omninode_database_connection_pool_connections,
  omninode_database_connection_pool_waiting_requests: poolMetrics.omninode_database_connection_pool_waiting_requests,
  omninode_database_connection_pool_clients: gauge(
    'clients',
    'Clients of a pool of PgBouncer that run something or could at once, those that wait for a connection not included.',
    ['pool'],
  ),
  omninode_database_connection_pool_longest_wait_seconds: gauge(
    'seconds',
    'How long the client of a pool of PgBouncer that waits longest for a connection has waited; 0 when none waits.',
    ['pool'],
  ),
  omninode_database_connection_pool_saturation_ratio: gauge(
    'ratio',
    'Clients that wait for each connection that a pool of PgBouncer may have: above 0 it is too small, or its server too slow. Absent when its size is not told.',
    ['pool'],
  ),
  omninode_database_connection_pool_connected: gauge(
    'boolean',
    'Whether a service that tells of its pool says that it reaches its database. Absent while the service does not answer.',
    ['pool'],
  ),
  omninode_database_connection_pool_exhausted: gauge(
    'boolean',
    'Whether the health check of a service could not get a connection in time. Absent while the service does not answer.',
    ['pool'],
  ),
  omninode_database_connection_pool_open_connections: gauge(
    'connections',
    'Connections that the pool of a service holds open, in use or not. Absent when the service does not say.',
    ['pool'],
  ),
  omninode_database_connection_pool_min_connections: gauge(
    'connections',
    'Connections that the pool of a service keeps open at least. Absent when the service does not say.',
    ['pool'],
  ),
  omninode_database_connection_pool_acquisitions_total: counter(
    'requests',
    'Requests for a connection of the pool of a service, those that failed included. Absent when the service does not say.',
    ['pool'],
  ),
  omninode_database_connection_pool_releases_total: counter(
    'requests',
    'Connections that came back to the pool of a service. Absent when the service does not say.',
    ['pool'],
  ),
  omninode_database_connection_pool_exhaustion_alerts_total: counter(
    'events',
    'Times that the service itself found its pool exhausted, or nearly all of its connections open. Absent when it does not say.',
    ['pool'],
  ),
});
