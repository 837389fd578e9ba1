import { ownKeys } from './own-use.js';
import type { OwnUse } from './own-use.js';
import { typeOf } from './reply-error.js';

/** Counts what we do to one server, as the server counts it, over all connections of this process. */
export class OwnCounter {
  readonly #counts: Record<string, number> = {};
  #ofConnection: Record<string, number> = {};

  /** `name`: never used before, by any process. */
  constructor(private readonly name: string) {}

  connected(): void {
    this.#ofConnection = {};
    this.#add(ownKeys.connections);
  }

  answered(command: string): void {
    this.#add(ownKeys.calls(command));
  }

  /** What is refused for its sender never ran; an unknown command belongs to no command; all else ran and failed. */
  answeredWithError(command: string, message: string): void {
    const type = typeOf(message);
    this.#add(ownKeys.errors(type));
    if (type === 'NOPERM' || type === 'NOAUTH') return this.#add(ownKeys.rejected(command));
    if (/^ERR unknown/i.test(message)) return;
    this.#add(ownKeys.calls(command));
    this.#add(ownKeys.failed(command));
  }

  now(): OwnUse {
    return { counter: this.name, counts: { ...this.#counts }, ofConnection: { ...this.#ofConnection } };
  }

  #add(key: string): void {
    for (const counts of [this.#counts, this.#ofConnection]) counts[key] = (counts[key] ?? 0) + 1;
  }
}
