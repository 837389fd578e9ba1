import type { Metric } from '@omninode/contracts';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';

/** A value of this process. */
export interface ProcessSample {
  readonly name: string;
  readonly metric: Metric;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ProcessMetrics {
  /** CPU, memory, files, event loop and garbage collection of this process, as they are now. */
  samples(): Promise<readonly ProcessSample[]>;
}

/**
 * The only door to prom-client, which reads what Node knows of this process. Make it once a process: the observers that it
 * starts can't be stopped. Names are the customary `process_*` and `nodejs_*`, less those that `promtool check metrics`
 * has a finding about.
 */
export function createProcessMetrics(): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    async samples() {
      const families = (await registry.getMetricsAsJSON()) as MetricObjectWithValues<MetricValue<string>>[];
      return families.filter(({ name }) => !dropped.has(name)).flatMap(samplesOf);
    },
  };
}

/** Gauges that end in `_total`, and the two families of libuv's that Node keeps for old tools only. */
const dropped = new Set([
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
]);

function samplesOf(family: MetricObjectWithValues<MetricValue<string>>): ProcessSample[] {
  if (family.name === 'nodejs_gc_duration_seconds') return garbageCollection(family);
  const kind = String(family.type) === 'counter' ? 'counter' : 'gauge';
  const values = family.values as readonly MetricValue<string>[];
  return values.flatMap(({ value, labels }) => {
    if (!Number.isFinite(value)) return []; // the event loop's percentiles before the first sample
    const metric: Metric = {
      kind,
      unit: unitOf(family.name),
      meaning: sentence(family.help),
      labels: Object.keys(labels),
    };
    return [{ name: family.name, metric, labels: textLabels(labels), value }];
  });
}

/** A histogram of seven buckets by four kinds says little more than its sums and counts. */
function garbageCollection({ values }: MetricObjectWithValues<MetricValue<string>>): ProcessSample[] {
  const parts = values as readonly (MetricValue<string> & { metricName?: string })[];
  return parts.flatMap(({ metricName, value, labels }) => {
    const part = { labels: textLabels(labels), value };
    if (metricName === 'nodejs_gc_duration_seconds_sum')
      return [{ name: 'nodejs_gc_seconds_total', metric: gcSeconds, ...part }];
    return metricName === 'nodejs_gc_duration_seconds_count'
      ? [{ name: 'nodejs_gc_runs_total', metric: gcRuns, ...part }]
      : [];
  });
}

const gcSeconds: Metric = {
  kind: 'counter',
  unit: 'seconds',
  meaning: 'Time spent in garbage collection, by kind of collection.',
  labels: ['kind'],
};
const gcRuns: Metric = { kind: 'counter', unit: 'passes', meaning: 'Garbage collections, by kind.', labels: ['kind'] };

function unitOf(name: string): Metric['unit'] {
  if (name.endsWith('_bytes')) return 'bytes';
  if (name.replace(/_total$/, '').endsWith('_seconds')) return 'seconds';
  if (name.endsWith('_info')) return 'version';
  return name.endsWith('_fds') ? 'files' : 'entries';
}

function textLabels(labels: Partial<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

function sentence(help: string): string {
  return help.endsWith('.') ? help : `${help}.`;
}
