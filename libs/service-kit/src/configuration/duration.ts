import { z } from 'zod';

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type DurationUnit = keyof typeof unitsMs;

/** A setting in text with its unit (`250ms`, `15s`, `5m`, `1h`, `30d`) whose value is milliseconds. Bounds are inclusive. */
export function duration(bounds: { readonly min?: string; readonly max?: string } = {}) {
  const minMs = bounds.min === undefined ? 0 : boundMs(bounds.min);
  const maxMs = bounds.max === undefined ? Number.MAX_SAFE_INTEGER : boundMs(bounds.max);
  const range = [bounds.min && `from ${bounds.min}`, bounds.max && `to ${bounds.max}`].filter(Boolean).join(' ');
  return z
    .string()
    .refine((text) => {
      const ms = parseDuration(text);
      return ms !== undefined && ms >= minMs && ms <= maxMs;
    })
    .transform((text) => parseDuration(text)!)
    .meta({ kind: 'duration', expects: `a duration with its unit, such as 250ms, 15s or 5m${range && `, ${range}`}` });
}

/** Milliseconds of `15s`; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  const ms = Number(match[1]) * unitsMs[match[2] as DurationUnit];
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The shortest text that means so many milliseconds: 90000 → `90s`, 300000 → `5m`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const unit = (['d', 'h', 'm', 's'] as const).find((candidate) => ms % unitsMs[candidate] === 0) ?? 'ms';
  return `${ms / unitsMs[unit]}${unit}`;
}

function boundMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new TypeError(`"${text}" is no duration: the bound of a setting is written like its values.`);
  return ms;
}
