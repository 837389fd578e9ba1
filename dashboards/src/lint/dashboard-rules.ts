import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { knownMetrics } from './known.js';
import { panelsOf, queryOf, targetsOf, variablesOf } from './parts.js';
import type { Rule } from './rule.js';

const labelValues = /^label_values\((\w+)(?:\{job=~"\$job"\})?, (\w+)\)$/;

/** What holds of a dashboard as a whole and of its variables. */
export const dashboardRules: readonly Rule[] = [
  {
    name: 'template-datasource',
    problems: (dashboard) =>
      variablesOf(dashboard).some(
        ({ name, type, query }) => name === 'datasource' && type === 'datasource' && query === 'prometheus',
      )
        ? []
        : ['there is no variable "datasource" of type prometheus'],
  },
  {
    name: 'template-job',
    problems: (dashboard) =>
      variablesOf(dashboard).some(
        ({ name, multi, includeAll, allValue }) => name === 'job' && multi && includeAll && allValue === '.+',
      )
        ? []
        : ['there is no variable "job" for one, several or all jobs'],
  },
  {
    // Of template-instance: series of the mesh have a target or a service, and an instance only where an aggregator shows itself.
    name: 'template-owner',
    problems(dashboard) {
      const defined = variablesOf(dashboard).map(({ name }) => name);
      const used = usedVariables(dashboard);
      return [
        ...[...used].filter((name) => !defined.includes(name)).map((name) => `$${name} is used and not defined`),
        ...defined
          .filter((name) => !used.has(name) && !['datasource', 'runbooks'].includes(name))
          .map((name) => `$${name} can be chosen and changes nothing`),
      ];
    },
  },
  {
    name: 'template-label-promql',
    problems: (dashboard) =>
      variablesOf(dashboard)
        .filter(({ type }) => type === 'query')
        .flatMap((variable) => {
          const [, metric = '', label = ''] = labelValues.exec(queryOf(variable)) ?? [];
          return knownMetrics.get(metric)?.labels.has(label) ? [] : [`$${variable.name} asks ${queryOf(variable)}`];
        }),
  },
  {
    name: 'template-on-time-change-reload',
    problems: (dashboard) =>
      variablesOf(dashboard)
        .filter(({ type, refresh }) => type === 'query' && refresh !== 2)
        .map(({ name }) => `$${name} is not asked again when the time changes`),
  },
  {
    name: 'template-uneditable',
    problems: ({ editable }) => (editable === false ? [] : ['it can be edited, and what is edited is lost']),
  },
  {
    name: 'uid',
    problems: ({ uid = '' }) =>
      /^omninode-[a-z]+$/.test(uid) && uid.length <= 40 ? [] : [`the uid "${uid}" is not ours`],
  },
  {
    name: 'tags-and-links',
    problems({ tags = [], links = [] }) {
      const isLinked = links.some(
        ({ type, tags: of }) => type === 'dashboards' && of.every((tag) => tags.includes(tag)),
      );
      return tags.includes('omninode-mesh') && isLinked ? [] : ['it does not lead to the others, or they not to it'];
    },
  },
  {
    name: 'layout',
    problems(dashboard) {
      const places = (dashboard.panels ?? []).map(({ gridPos, title }) => ({ ...gridPos!, title }));
      const outside = places.filter(({ x, w }) => x < 0 || x + w > 24).map(({ title }) => `${title} is outside`);
      const clashes = places.flatMap((a, nth) =>
        places
          .slice(nth + 1)
          .filter((b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
          .map((b) => `${a.title} lies on ${b.title}`),
      );
      const ids = (dashboard.panels ?? []).map(({ id }) => id);
      return [...outside, ...clashes, ...(new Set(ids).size === ids.length ? [] : ['two panels have one id'])];
    },
  },
];

function usedVariables(dashboard: Dashboard): Set<string> {
  const texts = panelsOf(dashboard).flatMap((panel) => targetsOf(panel).map(({ expr }) => expr));
  const names = texts.flatMap((text) => [...text.matchAll(/\$([a-z]\w*)/g)].map(([, name]) => name!));
  return new Set(names);
}
