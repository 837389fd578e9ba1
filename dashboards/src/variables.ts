import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { GaugeName, CounterName } from './promql/metric-names.js';
import type { VariableName } from './promql/selector.js';

/** Every panel and query asks what is chosen here, so that a dashboard fits any Grafana without an edit. */
export const dataSource = { type: 'prometheus', uid: '${datasource}' };

/** A variable lists the values of a label of this metric. */
export interface Choice {
  readonly variable: VariableName;
  readonly metric: GaugeName | CounterName;
}

export type AnyVariable = TextBoxVariableBuilder | DatasourceVariableBuilder | QueryVariableBuilder;

export function variables(choices: readonly Choice[], runbooks: string): AnyVariable[] {
  return [
    new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    choice({ variable: 'job', metric: 'omninode_mesh_partitions_owned' }),
    ...choices.map(choice),
    new TextBoxVariableBuilder('runbooks').label('Runbooks').defaultValue(runbooks),
  ];
}

const labelOf: Readonly<Record<VariableName, string>> = {
  job: 'job',
  target: 'target',
  service: 'service_name',
  instance: 'instance',
};

const titleOf: Readonly<Record<VariableName, string>> = {
  job: 'Job',
  target: 'Target',
  service: 'Service',
  instance: 'Aggregator',
};

/** Asked again when the time changes: what is watched changes too. */
function choice({ variable, metric }: Choice): QueryVariableBuilder {
  const where = variable === 'job' ? '' : '{job=~"$job"}';
  return new QueryVariableBuilder(variable)
    .label(titleOf[variable])
    .datasource(dataSource)
    .query({ query: `label_values(${metric}${where}, ${labelOf[variable]})`, refId: variable })
    .definition(`label_values(${metric}${where}, ${labelOf[variable]})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: ['All'], value: ['$__all'], selected: true });
}
