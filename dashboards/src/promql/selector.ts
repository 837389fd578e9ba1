import { withoutJob } from './scraper-metrics.js';
import type { CounterName, GaugeName, HistogramName, LabelOf } from './metric-names.js';

/** What a label has to be: a text, or what one of the functions below makes. */
export type Matcher = string | { readonly operator: '=~' | '!~'; readonly value: string };
export type Where<N> = { readonly [L in LabelOf<N>]?: Matcher };

/** The variables that a dashboard can have, besides that of the data source. */
export type VariableName = 'job' | 'target' | 'service' | 'instance';

/** What the person who looks has chosen; All is everything, also what has no such label. */
export function chosen(variable: VariableName): Matcher {
  return { operator: '=~', value: `$${variable}` };
}

export function oneOf(...values: readonly string[]): Matcher {
  return { operator: '=~', value: values.join('|') };
}

export function noneOf(...values: readonly string[]): Matcher {
  return { operator: '!~', value: values.join('|') };
}

/** `name{job=~"$job",…}`. Two meshes may be in one Prometheus, so every selector is bound to the chosen jobs. */
export function selector<N extends GaugeName | CounterName | HistogramName>(
  name: N,
  where: Where<N>,
  part: '' | '_bucket' | '_sum' | '_count' = '',
): string {
  const matchers = Object.entries<Matcher | undefined>({
    ...(!withoutJob.has(name) && { job: chosen('job') }),
    ...where,
  }).flatMap(([label, matcher]) => (matcher === undefined ? [] : [label + matcherText(matcher)]));
  return `${name}${part}{${matchers.join(',')}}`;
}

function matcherText(matcher: Matcher): string {
  const { operator, value } = typeof matcher === 'string' ? { operator: '=', value: matcher } : matcher;
  return `${operator}"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
