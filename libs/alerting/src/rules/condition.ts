/** A comparison of a signal's value with a number: `> 0.9`. */
export interface Condition {
  readonly operator: Operator;
  readonly threshold: number;
  readonly text: string;
}

export type Operator = '>' | '>=' | '<' | '<=' | '==' | '!=';

/** Reads `> 0.9`; undefined when the text is no condition. */
export function readCondition(text: string): Condition | undefined {
  const match = /^\s*(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*$/i.exec(text);
  if (!match) return undefined;
  const [, operator, number] = match;
  return { operator: operator as Operator, threshold: Number(number), text: `${operator} ${Number(number)}` };
}

export function holds({ operator, threshold }: Condition, value: number): boolean {
  switch (operator) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '==':
      return value === threshold;
    case '!=':
      return value !== threshold;
  }
}
