import { parseMatcher, type Matcher } from './matcher.js';

/** Alerts that match are not told while it lasts; what was told as firing is still told as resolved. Times in ms since 1970 UTC. */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly string[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** A silence with its matchers read. */
export interface ReadSilence extends Silence {
  readonly conditions: readonly Matcher[];
}

/** `undefined` when a matcher can not be read: such a silence silences nothing. */
export function readSilence(silence: Silence): ReadSilence | undefined {
  const parsed = silence.matchers.map(parseMatcher);
  const conditions = parsed.flatMap((one) => ('matcher' in one ? [one.matcher] : []));
  return conditions.length === parsed.length && parsed.length > 0 ? { ...silence, conditions } : undefined;
}

export function silenceState({ startsAtMs, endsAtMs }: Silence, nowMs: number): 'pending' | 'active' | 'expired' {
  if (nowMs >= endsAtMs) return 'expired';
  return nowMs >= startsAtMs ? 'active' : 'pending';
}
