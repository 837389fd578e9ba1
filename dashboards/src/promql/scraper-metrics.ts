import { counter, gauge, type Metric } from '@omninode/contracts';

/**
 * What is no metric of the mesh and stands in Prometheus beside them: what it says of its own scrapes, and what a Node process
 * shows of itself on `/metrics`.
 */
export const scraperMetrics = {
  up: gauge('boolean', 'Whether Prometheus could scrape the instance: 1 or 0.'),
  scrape_duration_seconds: gauge('seconds', 'How long the scrape took.'),
  scrape_samples_scraped: gauge('series', 'Samples that the instance showed.'),
  process_cpu_seconds_total: counter('seconds', 'Time that the process used a core.'),
  process_resident_memory_bytes: gauge('bytes', 'Memory of the process as the system sees it.'),
  process_start_time_seconds: gauge('timestamp', 'When the process was started.'),
  nodejs_eventloop_lag_p99_seconds: gauge(
    'seconds',
    'How late the event loop was, 99th percentile since the scrape before.',
  ),
  ALERTS: gauge(
    'boolean',
    'An alert of the rules that Prometheus evaluates: 1 while it is pending or firing, else absent.',
    ['alertname', 'alertstate', 'severity', 'area', 'target', 'service_name', 'component'],
  ),
} as const satisfies Readonly<Record<string, Metric<never> | Metric<string>>>;

/** The shipped rules sum the job away, so their alerts have none. */
export const withoutJob: ReadonlySet<string> = new Set(['ALERTS']);
