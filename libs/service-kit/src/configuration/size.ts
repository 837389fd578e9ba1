import { z } from 'zod';

const unitBytes = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;
type SizeUnit = keyof typeof unitBytes;

/** A setting in text with its unit (`64KiB`, `256MiB`) whose value is bytes. Bounds are inclusive. */
export function size(bounds: { readonly min?: string; readonly max?: string } = {}) {
  const minBytes = bounds.min === undefined ? 0 : boundBytes(bounds.min);
  const maxBytes = bounds.max === undefined ? Number.MAX_SAFE_INTEGER : boundBytes(bounds.max);
  const range = [bounds.min && `from ${bounds.min}`, bounds.max && `to ${bounds.max}`].filter(Boolean).join(' ');
  return z
    .string()
    .refine((text) => {
      const bytes = parseSize(text);
      return bytes !== undefined && bytes >= minBytes && bytes <= maxBytes;
    })
    .transform((text) => parseSize(text)!)
    .meta({ kind: 'size', expects: `a size with its unit, such as 64KiB or 256MiB${range && `, ${range}`}` });
}

/** Bytes of `256MiB`; undefined when the text is not a size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,15})(B|KiB|MiB|GiB|TiB)$/.exec(text);
  if (!match) return undefined;
  const bytes = Number(match[1]) * unitBytes[match[2] as SizeUnit];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The shortest text that means so many bytes: 268435456 → `256MiB`. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return '0B';
  const unit = (['TiB', 'GiB', 'MiB', 'KiB'] as const).find((candidate) => bytes % unitBytes[candidate] === 0) ?? 'B';
  return `${bytes / unitBytes[unit]}${unit}`;
}

function boundBytes(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined)
    throw new TypeError(`"${text}" is no size: the bound of a setting is written like its values.`);
  return bytes;
}
