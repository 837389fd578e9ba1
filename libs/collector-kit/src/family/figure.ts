/** A number as sources give it: many send big ones as decimal text to keep them exact. Nothing: the source did not say. */
export type Figure = number | bigint | string | null | undefined;

/** The nearest double; `NaN` for a text that is not a decimal number. Only for figures that are there. */
export function toNumber(figure: NonNullable<Figure>): number {
  if (typeof figure !== 'string') return Number(figure);
  return decimal.test(figure) ? Number(figure) : NaN; // Number('') would be 0
}

/** The exact difference of two whole numbers, however big they are. */
export function difference(now: string, before: string): number {
  return Number(BigInt(now) - BigInt(before));
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
