import type { MetricKind } from '@omninode/contracts';

/** What a series of an operation tells. */
export type OperationPart = 'requests' | 'durations' | 'errors' | 'timeouts' | 'slow' | 'retries';

export interface OperationSeries {
  readonly part: OperationPart;
  readonly kinds: readonly MetricKind[];
  /** The label by which the part is told apart. */
  readonly by?: 'status' | 'error_type';
}

/** The series that an operation's rollup is made of. */
export const operationSeries: Readonly<Record<string, OperationSeries>> = {
  omninode_request_duration_seconds: { part: 'durations', kinds: ['exponential', 'histogram'], by: 'status' },
  omninode_requests_total: { part: 'requests', kinds: ['counter'], by: 'status' },
  omninode_errors_total: { part: 'errors', kinds: ['counter'], by: 'error_type' },
  omninode_timeout_failures_total: { part: 'timeouts', kinds: ['counter'] },
  omninode_request_slow_operations_total: { part: 'slow', kinds: ['counter'] },
  omninode_retry_attempts_total: { part: 'retries', kinds: ['counter'] },
};

export interface ReportSeries {
  readonly kind: 'gauge' | 'counter';
  /** Only series with these label values. */
  readonly where?: Readonly<Record<string, string>>;
}

const gauge: ReportSeries = { kind: 'gauge' };
const counter: ReportSeries = { kind: 'counter' };

/** The series besides requests that reports and baselines need: few, and each named. Every further one costs a record an hour. */
export const reportSeries: Readonly<Record<string, ReportSeries>> = {
  omninode_database_connection_pool_utilization_ratio: gauge,
  omninode_active_connections: gauge,
  omninode_max_connections: gauge,
  omninode_database_connection_pool_waiting_requests: gauge,
  omninode_database_queries_total: counter,
  omninode_database_query_time_seconds_total: counter,
  omninode_database_deadlocks_total: counter,
  omninode_kafka_consumer_group_lag_messages: gauge,
  omninode_kafka_consumer_group_lag_seconds: gauge,
  omninode_kafka_consumer_group_throughput_messages_total: counter,
  omninode_kafka_producer_messages_total: counter,
  omninode_kafka_producer_errors_total: counter,
  omninode_dead_letter_messages_total: counter,
  omninode_cache_hits_total: counter,
  omninode_cache_misses_total: counter,
  omninode_memory_usage_bytes: gauge,
  omninode_cache_memory_used_ratio: gauge,
  omninode_cache_evicted_keys_total: counter,
  omninode_circuit_breaker_trips_total: counter,
  omninode_circuit_breaker_state_seconds_total: { kind: 'counter', where: { state: 'open' } },
};
