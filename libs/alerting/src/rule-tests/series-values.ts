/**
 * The values of a test's series, one each interval: promtool's notation. `7` is one value, `7x3` four times 7, `0+10x3` 0 10 20 30,
 * `_` no value, `_x3` three times none. Undefined when the text is none of that, or stands for too many.
 */
export function readSeriesValues(text: string): readonly (number | undefined)[] | undefined {
  const values: (number | undefined)[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const part = readWord(word);
    if (!part) return undefined;
    values.push(...part);
    if (values.length > mostValues) return undefined;
  }
  return values;
}

const mostValues = 10_000;
const number = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const sequence = new RegExp(`^(${number})(?:([+-]\\d+(?:\\.\\d+)?))?(?:x(\\d{1,5}))?$`, 'i');

function readWord(word: string): readonly (number | undefined)[] | undefined {
  const gap = /^_(?:x(\d{1,5}))?$/.exec(word);
  if (gap) return Array.from({ length: Number(gap[1] ?? 1) });
  const match = sequence.exec(word);
  if (!match) return undefined;
  const [, first, step, times] = match;
  if (step !== undefined && times === undefined) return undefined;
  return Array.from({ length: Number(times ?? 0) + 1 }, (_, nth) => Number(first) + Number(step ?? 0) * nth);
}
