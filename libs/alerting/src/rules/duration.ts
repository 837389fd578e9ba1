const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `15s`, `5m`, `1h`; undefined when the text is no duration. */
export function durationMs(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  const ms = Number(match[1]) * unitsMs[match[2]!]!;
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The shortest text that means so many milliseconds: 90000 → `90s`. Prometheus reads it too. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s';
  const unit = ['d', 'h', 'm', 's'].find((candidate) => Number.isInteger(ms / unitsMs[candidate]!)) ?? 'ms';
  return `${ms / unitsMs[unit]!}${unit}`;
}
