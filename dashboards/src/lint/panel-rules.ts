import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { unit } from '../panels/units.js';
import { panelsOf, targetsOf } from './parts.js';
import type { Rule } from './rule.js';

const kinds = new Set(['bargauge', 'stat', 'state-timeline', 'table', 'timeseries']);
const units = Object.values<string>(unit);

/** What holds of every panel. */
export const panelRules: readonly Rule[] = [
  ofPanels('panel-datasource', ({ datasource, ...panel }) => {
    const uids = [datasource?.uid, ...targetsOf(panel).map((target) => target.datasource?.uid)];
    return uids.every((uid) => uid === '${datasource}') ? [] : ['asks another data source than the chosen one'];
  }),
  ofPanels('panel-title-description', ({ title, description }) => [
    ...(title ? [] : ['has no title']),
    ...(/^\S.*\.(\n|$)/.test(description ?? '') ? [] : ['has no description']),
  ]),
  ofPanels('panel-units', ({ fieldConfig }) => {
    const has = fieldConfig?.defaults.unit;
    return has !== undefined && units.includes(has) ? [] : [`has the unit ${has}`];
  }),
  ofPanels('panel-no-targets', (panel) => (targetsOf(panel).length > 0 ? [] : ['asks nothing'])),
  ofPanels('panel-kind', ({ type }) => (kinds.has(type) ? [] : [`is of the kind ${type}`])),
  ofPanels('panel-no-value', ({ fieldConfig }) =>
    fieldConfig?.defaults.noValue ? [] : ['says nothing when it knows nothing'],
  ),
  ofPanels('panel-now', (panel) => {
    const isNow = ['bargauge', 'stat', 'table'].includes(panel.type);
    const wrong = targetsOf(panel).filter((target) => (target as { instant?: boolean }).instant !== isNow);
    return wrong.map(
      ({ refId }) => `query ${refId} ${isNow ? 'would show what was, when nothing is known now' : 'has no past'}`,
    );
  }),
  ofPanels('panel-runbook', ({ links = [] }) =>
    links.filter(({ url = '' }) => !/^\$\{runbooks\}\/\w+$/.test(url)).map(({ url }) => `leads to ${url}`),
  ),
];

function ofPanels(name: string, problemsOf: (panel: Panel) => string[]): Rule {
  return {
    name,
    problems: (dashboard) =>
      panelsOf(dashboard).flatMap((panel) => problemsOf(panel).map((problem) => `${panel.title} ${problem}`)),
  };
}
