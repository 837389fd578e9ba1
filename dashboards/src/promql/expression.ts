/** A PromQL expression. `L`: the labels that its result can have. */
export interface Expression<L extends string> {
  readonly promql: string;
  /** It has to stand in parentheses beside an operator. */
  readonly isCompound?: true;
  /** For the compiler only, so that expressions with other labels are of another type; there is nothing at run time. */
  readonly labels?: (label: L) => L;
}

/** Aggregates; without labels into one value. `sum(requests, 'component')` is `sum by (component) (…)`. */
export const sum = aggregation('sum');
export const max = aggregation('max');
export const min = aggregation('min');
export const average = aggregation('avg');
export const count = aggregation('count');

/** The `most` greatest of the series. */
export function topk<L extends string>(most: number, of: Expression<L>): Expression<L> {
  return { promql: `topk(${most}, ${of.promql})` };
}

/** A share, or something per something: both sides have the same labels. Nothing where the right side is 0. */
export function ratio<L extends string>(part: Expression<L>, of: Expression<NoInfer<L>>): Expression<L> {
  return { promql: `${operand(part)} / (${of.promql} > 0)`, isCompound: true };
}

export function minus<L extends string>(from: Expression<L>, less: Expression<NoInfer<L>>): Expression<L> {
  return { promql: `${operand(from)} - ${operand(less)}`, isCompound: true };
}

/** `one`, and `other` for the labels that `one` has nothing for. */
export function or<L extends string>(one: Expression<L>, other: Expression<NoInfer<L>>): Expression<L> {
  return { promql: `${operand(one)} or ${operand(other)}`, isCompound: true };
}

/**
 * `what`, and 0 where only `known` is there: for what is not told before it first happens. `known` says that somebody would tell
 * it, so that this 0 is known and no guess.
 */
export function orZero<L extends string>(what: Expression<L>, known: Expression<NoInfer<L>>): Expression<L> {
  return { promql: `${operand(what)} or 0 * ${operand(known)}`, isCompound: true };
}

/** 1 where a comparison holds and 0 where it does not, so that nothing to count is 0, and nothing known is absent. */
export function isAbove<L extends string>(what: Expression<L>, threshold: number): Expression<L> {
  return { promql: `${operand(what)} > bool ${threshold}`, isCompound: true };
}

export function isBelow<L extends string>(what: Expression<L>, threshold: number): Expression<L> {
  return { promql: `${operand(what)} < bool ${threshold}`, isCompound: true };
}

/** Only the series that have this value. Nothing where none has. */
export function only<L extends string>(what: Expression<L>, value: number): Expression<L> {
  return { promql: `${operand(what)} == ${value}`, isCompound: true };
}

/** Seconds since a point in time. */
export function age<L extends string>(timestamp: Expression<L>): Expression<L> {
  return { promql: `time() - ${operand(timestamp)}`, isCompound: true };
}

function aggregation(name: string) {
  return <L extends string, B extends L = never>(of: Expression<L>, ...by: readonly B[]): Expression<B> => ({
    promql: by.length > 0 ? `${name} by (${by.join(', ')}) (${of.promql})` : `${name}(${of.promql})`,
  });
}

function operand({ promql, isCompound }: Pick<Expression<never>, 'promql' | 'isCompound'>): string {
  return isCompound ? `(${promql})` : promql;
}
