import type { LabelsOf } from '@omninode/contracts';
import type { typedCatalogues } from '../catalogues.js';
import type { scraperMetrics } from './scraper-metrics.js';

type Entry =
  (typeof typedCatalogues)[number] | { readonly metrics: typeof scraperMetrics; readonly commonLabels: readonly [] };

/** Labels that whoever scrapes adds. Those of series of the mesh have no `instance`, so that a handover does not cut them. */
export type ScrapeLabel = 'job' | 'instance';

type Names<E = Entry> = E extends { readonly metrics: infer M } ? keyof M & string : never;
type ExponentialNames<E = Entry> = E extends { readonly metrics: infer M }
  ? { [N in keyof M]: M[N] extends { readonly kind: 'exponential' } ? N : never }[keyof M] & string
  : never;

/** Counters and only counters end in `_total`: a test over all catalogues holds that. */
export type CounterName = Extract<Names, `${string}_total`>;
/** Metrics that are exposed as `_bucket`, `_sum` and `_count`: an exponential histogram with powers of two as bounds. */
export type HistogramName = ExponentialNames;
export type GaugeName = Exclude<Names, CounterName | HistogramName>;
export type MetricName = GaugeName | CounterName | HistogramName;

/** The labels that a metric can have, in whichever catalogue it is, as Prometheus has it. */
export type LabelOf<N, E = Entry> =
  | ScrapeLabel
  | (E extends { readonly metrics: infer M; readonly commonLabels: readonly (infer Common)[] }
      ? N extends keyof M
        ? LabelsOf<M[N]> | Common
        : never
      : never);
