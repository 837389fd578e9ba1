import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { alertRule } from '../alert-rules.js';
import { runbookUrl } from '../runbooks.js';
import { dataSource } from '../variables.js';
import { meanings } from './meanings.js';
import type { PanelBuilder } from './panel.js';
import type { Query } from './query.js';
import { refIdOf } from './table-columns.js';
import { thresholds, type Levels } from './thresholds.js';
import type { PanelUnit } from './units.js';

export interface PanelOptions {
  readonly title: string;
  /** What a person reads of it, and what to do; what each metric means is added from the catalogues. */
  readonly description: string;
  readonly unit: PanelUnit;
  readonly queries: readonly Query[];
  readonly levels?: Levels;
  /** Alerts whose runbooks say what to do when it is bad. */
  readonly alerts?: readonly string[];
  readonly mappings?: readonly ValueMapping[];
  readonly min?: number;
  readonly max?: number;
  /** What is shown while nothing is known. */
  readonly noValue?: string;
}

/**
 * What a panel asks for: values over time, or only the value of the end. A number or a row must not be the newest that was ever
 * known: where there is nothing now, it says so.
 */
type Form = 'over time' | 'now' | 'rows now';

/** What every kind of panel has. What is not known is said, and never drawn as 0. */
export function describe<B extends PanelBuilder>(
  builder: B,
  { title, description, unit, queries, levels, alerts = [], mappings, min, max, noValue = 'no data' }: PanelOptions,
  form: Form,
): B {
  const panel: PanelBuilder = builder;
  panel
    .title(title)
    .description([description, meanings(queries.map(({ promql }) => promql))].filter(Boolean).join('\n\n'))
    .datasource(dataSource)
    .unit(unit)
    .thresholds(thresholds(levels))
    .noValue(noValue)
    .links(alerts.map(runbookLink));
  if (mappings) panel.mappings([...mappings]);
  if (min !== undefined) panel.min(min);
  if (max !== undefined) panel.max(max);
  for (const [nth, each] of queries.entries()) panel.withTarget(target(each, refIdOf(nth), form));
  return builder;
}

function target({ promql, legend }: Query, refId: string, form: Form): DataqueryBuilder {
  const query = new DataqueryBuilder().refId(refId).datasource(dataSource).expr(promql).legendFormat(legend);
  if (form === 'over time') return query.range();
  return form === 'now' ? query.instant() : query.instant().format(PromQueryFormat.Table);
}

function runbookLink(alert: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(`Runbook ${alertRule(alert).name}`)
    .type(DashboardLinkType.Link)
    .url(runbookUrl(alert))
    .targetBlank(true);
}
