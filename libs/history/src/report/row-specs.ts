/** The figures of the daily report, each from series that rollups are kept of (`reportSeries`). */

export type RowSpec = GaugeRow | CounterRow | QuotientRow;

interface Named {
  readonly what: string;
  readonly unit: string;
  /** Said where there is none: what would have to be there. */
  readonly without: string;
}

export interface GaugeRow extends Named {
  readonly kind: 'gauge';
  readonly metric: string;
  readonly of: 'mean' | 'max';
}

export interface CounterRow extends Named {
  readonly kind: 'counter';
  readonly metric: string;
}

/** What one counter grew by, of what these grew by together. */
export interface QuotientRow extends Named {
  readonly kind: 'quotient';
  readonly metric: string;
  readonly of: readonly string[];
  /** Said where the divisor did not grow. */
  readonly idle: string;
}

export interface SectionSpec {
  readonly title: string;
  readonly rows: readonly RowSpec[];
}

const databaseMissing = 'no database is watched, or its collector may not see this';
const kafkaMissing = 'no Kafka is watched, or its collector may not see this';
const cacheMissing = 'no cache is watched, or it does not tell this';
const breakerMissing = 'nothing tells of circuit breakers';

export const sectionSpecs: readonly SectionSpec[] = [
  {
    title: 'Database',
    rows: [
      gauge(
        'Connections used of those allowed, mean',
        'omninode_database_connection_pool_utilization_ratio',
        'mean',
        'ratio',
        databaseMissing,
      ),
      gauge(
        'Connections used of those allowed, most',
        'omninode_database_connection_pool_utilization_ratio',
        'max',
        'ratio',
        databaseMissing,
      ),
      gauge('Active connections, most', 'omninode_active_connections', 'max', 'connections', databaseMissing),
      gauge(
        'Requests that waited for a connection, most',
        'omninode_database_connection_pool_waiting_requests',
        'max',
        'requests',
        'no pool tells this',
      ),
      counter(
        'Statements',
        'omninode_database_queries_total',
        'queries',
        'pg_stat_statements is not there or not readable',
      ),
      {
        kind: 'quotient',
        what: 'Time of a statement, mean',
        unit: 'seconds',
        metric: 'omninode_database_query_time_seconds_total',
        of: ['omninode_database_queries_total'],
        idle: 'no statement ended',
        without: 'pg_stat_statements is not there or not readable',
      },
      counter('Deadlocks', 'omninode_database_deadlocks_total', 'events', databaseMissing),
    ],
  },
  {
    title: 'Kafka',
    rows: [
      gauge('Messages behind, most', 'omninode_kafka_consumer_group_lag_messages', 'max', 'messages', kafkaMissing),
      gauge('Time behind, most', 'omninode_kafka_consumer_group_lag_seconds', 'max', 'seconds', kafkaMissing),
      counter('Messages consumed', 'omninode_kafka_consumer_group_throughput_messages_total', 'messages', kafkaMissing),
      counter(
        'Messages produced',
        'omninode_kafka_producer_messages_total',
        'messages',
        'no service tells of a producer',
      ),
      counter(
        'Failed sends',
        'omninode_kafka_producer_errors_total',
        'errors',
        'no send failed, or no service tells of a producer',
      ),
      counter(
        'Dead letters',
        'omninode_dead_letter_messages_total',
        'messages',
        'no topic with dead letters is watched',
      ),
    ],
  },
  {
    title: 'Cache',
    rows: [
      {
        kind: 'quotient',
        what: 'Hit rate',
        unit: 'ratio',
        metric: 'omninode_cache_hits_total',
        of: ['omninode_cache_hits_total', 'omninode_cache_misses_total'],
        idle: 'nothing was looked up',
        without: cacheMissing,
      },
      gauge('Memory, mean', 'omninode_memory_usage_bytes', 'mean', 'bytes', cacheMissing),
      gauge(
        'Memory used of its limit, most',
        'omninode_cache_memory_used_ratio',
        'max',
        'ratio',
        'no cache has a limit of memory',
      ),
      counter('Entries thrown out', 'omninode_cache_evicted_keys_total', 'entries', cacheMissing),
    ],
  },
  {
    title: 'Circuit breakers',
    rows: [
      counter('Times opened', 'omninode_circuit_breaker_trips_total', 'events', breakerMissing),
      counter(
        'Time open',
        'omninode_circuit_breaker_state_seconds_total',
        'seconds',
        'no breaker was open, or nothing tells of breakers',
      ),
    ],
  },
];

function gauge(what: string, metric: string, of: 'mean' | 'max', unit: string, without: string): GaugeRow {
  return { kind: 'gauge', what, metric, of, unit, without };
}

function counter(what: string, metric: string, unit: string, without: string): CounterRow {
  return { kind: 'counter', what, metric, unit, without };
}
