import { ratio, sum, type Expression } from './expression.js';
import type { CounterName, GaugeName, HistogramName, LabelOf } from './metric-names.js';
import { selector, type Where } from './selector.js';

/** How far an increase looks back: all that is shown, or a fixed time. */
export type Window = '$__range' | `${number}${'m' | 'h' | 'd'}`;

export function gauge<N extends GaugeName>(name: N, where: Where<N> = {}): Expression<LabelOf<N>> {
  return { promql: selector(name, where) };
}

/** How much a counter grows a second, over what Grafana finds right for the interval between scrapes. */
export function rate<N extends CounterName>(name: N, where: Where<N> = {}): Expression<LabelOf<N>> {
  return { promql: `rate(${selector(name, where)}[$__rate_interval])` };
}

/** How much a counter has grown. */
export function increase<N extends CounterName>(name: N, where: Where<N>, window: Window): Expression<LabelOf<N>> {
  return { promql: `increase(${selector(name, where)}[${window}])` };
}

/**
 * A quantile of what a histogram saw, by labels. The bounds of an exponential histogram are powers of two here, so it is
 * right within a factor of two, interpolated in between; the mesh's own API knows it within 4 %.
 */
export function quantile<N extends HistogramName, B extends Exclude<LabelOf<N>, 'le'> = never>(
  q: number,
  name: N,
  where: Where<N>,
  ...by: readonly B[]
): Expression<B> {
  const buckets = `rate(${selector(name, where, '_bucket')}[$__rate_interval])`;
  return { promql: `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (${buckets}))` };
}

/**
 * The mean of all that a histogram ever saw, for what is rare: a rate needs two values of a series, and so knows nothing of the
 * first time that something happens.
 */
export function meanEver<N extends HistogramName, B extends LabelOf<N> = never>(
  name: N,
  where: Where<N>,
  ...by: readonly B[]
): Expression<B> {
  const all = (part: '_sum' | '_count'): Expression<LabelOf<N>> => ({ promql: selector(name, where, part) });
  return ratio(sum(all('_sum'), ...by), sum(all('_count'), ...by));
}

/** How many observations a histogram gets a second. */
export function observed<N extends HistogramName>(name: N, where: Where<N> = {}): Expression<LabelOf<N>> {
  return { promql: `rate(${selector(name, where, '_count')}[$__rate_interval])` };
}

/** The sum of what a histogram observes, a second. */
export function observedSum<N extends HistogramName>(name: N, where: Where<N> = {}): Expression<LabelOf<N>> {
  return { promql: `rate(${selector(name, where, '_sum')}[$__rate_interval])` };
}
