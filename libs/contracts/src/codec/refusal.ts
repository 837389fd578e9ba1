import type { DecodeCode } from './codes.js';

/**
 * A record that can't be taken, as `DecodeResult` shows it. A class, because what is decoded comes from outside: an object
 * with the same fields must not pass for a refusal.
 */
export class Refusal {
  readonly ok = false;
  readonly skip = false;
  constructor(
    readonly code: DecodeCode,
    /** Where and what is wrong. Says nothing of the values: they may hold what nobody should read in a log. */
    readonly detail: string,
  ) {}
}
