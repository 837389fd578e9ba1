import type { Expression } from '../promql/expression.js';

/** A query of a panel. `legend` names its series: `{{target}} {{pool}}`, of labels that the expression has. */
export interface Query {
  readonly promql: string;
  readonly legend: string;
}

export function query<L extends string, const T extends string>(
  { promql }: Expression<L>,
  legend: LabelsIn<T> extends L ? T : `an expression of ${L} has no such label`,
): Query {
  return { promql, legend };
}

type LabelsIn<T extends string> = T extends `${string}{{${infer Label}}}${infer Rest}` ? Label | LabelsIn<Rest> : never;
