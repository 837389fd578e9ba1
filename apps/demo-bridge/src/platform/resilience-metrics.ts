import type { HookStream } from '../stream/hook-stream.js';

/**
 * What the platform's `KafkaClient.get_resilience_metrics()` gives. `total_failures` and `failed_messages_in_dlq` are the same list
 * there too: dead letters that were sent, which begins anew with the process.
 */
export function resilienceMetrics({ isUp, brokers, deadLetters, retries }: HookStream, nowMs: number): object {
  const { total, lastMs } = deadLetters;
  return {
    connection_status: { connected: isUp, bootstrap_servers: brokers.join(','), connection_timeout: 5 },
    resilience_config: {
      dead_letter_queue_enabled: true,
      max_retry_attempts: 3,
      retry_backoff_base: 2,
      circuit_breaker_enabled: true,
    },
    failure_statistics: {
      total_failures: total,
      recent_failures_1h: deadLetters.withinHour(nowMs),
      active_retries: retries.size,
      failed_messages_in_dlq: total,
    },
    performance_metrics: {
      retry_counts: Object.fromEntries(retries),
      last_failure_time: lastMs === undefined ? null : new Date(lastMs).toISOString(),
    },
  };
}
