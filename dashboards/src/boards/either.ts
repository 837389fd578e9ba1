import { or, type Expression } from '../promql/expression.js';
import { chosen, type Matcher } from '../promql/selector.js';

export const ofTarget = { target: chosen('target') };
export const ofService = { service_name: chosen('service') };

/** The labels that bind a query to what was chosen: some metrics come from targets and from services. */
export type Source = { readonly target?: Matcher; readonly service_name?: Matcher };

/** What targets and services tell of the same thing, each bound to what was chosen of it. */
export function either<L extends string>(make: (source: Source) => Expression<L>): Expression<L> {
  return or(make(ofTarget), make(ofService));
}
