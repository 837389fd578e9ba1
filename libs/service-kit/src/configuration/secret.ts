import { inspect } from 'node:util';
import { z } from 'zod';

/**
 * A value that must not be seen: it prints as `***` in JSON, `inspect`, template strings and logs. `reveal` is the only
 * way to read it, so a search for `reveal(` finds every place that does.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [Symbol.toPrimitive](): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}

/** A setting that holds a secret: `xFile` in YAML and `X_FILE` in the environment name a file that holds it. */
export function secret() {
  return z
    .string()
    .min(1)
    .transform((value) => new Secret(value))
    .meta({ kind: 'secret', expects: 'text that is not empty, in quotes where YAML would read it as a number' });
}
