import { CodedError } from '@omninode/contracts';

/** What a failed try means for the next one. */
export interface Setback {
  /** The whole receiver waits, or only the group of this message. */
  readonly scope: 'receiver' | 'group';
  readonly pauseMs: number;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** A receiver may ask for a longer pause, but not for ever. */
const longestAskedMs = 15 * 60_000;
/** A refused message is tried again rarely: a person may have mended the receiver, and what it tells may still be so. */
const refusedPauseMs = 5 * 60_000;

/** `failures`: in a row, this one included. `chance`: from 0 to below 1, so that replicas and receivers do not come back all at once. */
export function setbackOf(error: unknown, failures: number, chance: number): Setback {
  const coded = error instanceof CodedError ? error : undefined;
  if (coded?.phase === 'input') return { scope: 'group', pauseMs: refusedPauseMs };
  const grownMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 16));
  const pauseMs = grownMs * (0.5 + chance / 2);
  const asked = coded?.fields.retryAfterMs;
  return {
    scope: 'receiver',
    pauseMs: typeof asked === 'number' ? Math.max(pauseMs, Math.min(asked, longestAskedMs)) : pauseMs,
  };
}
