import type { Dashboard, Panel, RowPanel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';

export interface Target {
  readonly refId?: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly datasource?: { readonly uid?: string };
}

/** The panels that show something: rows are none. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.filter((panel: Panel | RowPanel): panel is Panel => panel.type !== 'row');
}

export function targetsOf({ targets = [] }: Panel): Target[] {
  return targets as unknown as Target[];
}

export function variablesOf({ templating }: Dashboard): VariableModel[] {
  return templating.list ?? [];
}

/** The query of a variable that lists what Prometheus has. */
export function queryOf({ query }: VariableModel): string {
  return typeof query === 'string' ? query : ((query as { readonly query?: string } | undefined)?.query ?? '');
}
