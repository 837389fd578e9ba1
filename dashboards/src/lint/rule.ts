import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** Something that holds of every dashboard. Names are those of Grafana's dashboard-linter where it has the rule. */
export interface Rule {
  readonly name: string;
  /** What is wrong, and where; empty when nothing is. */
  problems(dashboard: Dashboard): string[];
}
