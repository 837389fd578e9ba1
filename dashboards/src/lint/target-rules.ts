import { withoutJob } from '../promql/scraper-metrics.js';
import { knownMetrics } from './known.js';
import { panelsOf, targetsOf, type Target } from './parts.js';
import type { Rule } from './rule.js';
import { groupedBy, selectorsOf, type Selector } from './selectors.js';

const variableOf = { target: '$target', service_name: '$service', instance: '$instance' };

/** What holds of every expression. That Prometheus can read it is for promtool to say, in the test of this folder. */
export const targetRules: readonly Rule[] = [
  ofTargets('target-known-metrics', ({ expr, legendFormat = '' }) => {
    const selectors = selectorsOf(expr);
    if (selectors.length === 0) return ['asks for no metric'];
    const possible = new Set(selectors.flatMap(({ metric }) => [...(knownMetrics.get(metric)?.labels ?? [])]));
    const inLegend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
    return [
      ...selectors.flatMap(problemsOfSelector),
      ...[...groupedBy(expr), ...inLegend]
        .filter((label) => label !== 'le' && !possible.has(label))
        .map((label) => `nothing in it has the label ${label}`),
    ];
  }),
  ofTargets('target-rate-interval', ({ expr }) =>
    selectorsOf(expr)
      .filter(({ reader, range }) => range !== undefined && !isRightRange(reader, range))
      .map(({ reader, range }) => `${reader} looks back ${range}`),
  ),
  ofTargets('target-job', ({ expr }) =>
    selectorsOf(expr)
      .filter(({ name, matchers }) => !withoutJob.has(name) && !matchers.includes('job=~"$job"'))
      .map(({ name }) => `${name} is not bound to the chosen jobs`),
  ),
  {
    // Of target-instance: bound to the chosen targets, services or aggregators, or of all aggregators together.
    name: 'target-owner',
    problems(dashboard) {
      const canChooseInstance = (dashboard.templating.list ?? []).some(({ name }) => name === 'instance');
      return expressions(dashboard).flatMap(({ at, target: { expr } }) =>
        selectorsOf(expr)
          .filter((selector) => !isBound(selector, canChooseInstance))
          .map(({ name }) => `${at}: ${name} is not bound to what is chosen`),
      );
    },
  },
];

function problemsOfSelector({ metric, part, name, labels, reader, range }: Selector): string[] {
  const known = knownMetrics.get(metric);
  if (!known) return [`there is no metric ${name}`];
  const { kind, labels: has } = known;
  const isHistogram = kind === 'histogram' || kind === 'exponential';
  const grows = kind === 'counter' || isHistogram;
  return [
    ...(isHistogram === (part !== '') ? [] : [`${name} is no series: ${metric} is a ${kind}`]),
    ...(range === undefined || grows ? [] : [`${reader} of ${name}, which is a ${kind}`]),
    ...labels.filter((label) => label !== 'le' && !has.has(label)).map((label) => `${name} has no label ${label}`),
  ];
}

function isRightRange(reader: string | undefined, range: string): boolean {
  if (reader === 'rate') return range === '$__rate_interval';
  return reader === 'increase' && (range === '$__range' || /^([1-9]\dm|\d+h)$/.test(range));
}

function isBound({ metric, matchers }: Selector, canChooseInstance: boolean): boolean {
  const owners = knownMetrics.get(metric)?.owners;
  if (!owners) return false;
  if (owners.size === 0) return true;
  if (owners.has('instance')) return !canChooseInstance || matchers.includes('instance=~"$instance"');
  return (['target', 'service_name'] as const).some(
    (owner) => owners.has(owner) && matchers.includes(`${owner}=~"${variableOf[owner]}"`),
  );
}

function ofTargets(name: string, problemsOf: (target: Target) => string[]): Rule {
  return {
    name,
    problems: (dashboard) =>
      expressions(dashboard).flatMap(({ at, target }) => problemsOf(target).map((problem) => `${at}: ${problem}`)),
  };
}

function expressions(dashboard: Parameters<Rule['problems']>[0]) {
  return panelsOf(dashboard).flatMap((panel) =>
    targetsOf(panel).map((target) => ({ at: `${panel.title}, query ${target.refId}`, target })),
  );
}
