/** However long a server asks for, it is asked again after this, ms. */
const longestMs = 300_000;

/**
 * How long a server asks to be left alone, ms: seconds, or a date. 0: it does not say.
 * Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) : (Date.parse(header) - nowMs) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.round(seconds * 1_000)), longestMs) : 0;
}
