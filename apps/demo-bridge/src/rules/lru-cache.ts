/** A cache that forgets what was not used for longest. Sizes are those of the texts: what JavaScript adds to them is not counted. */
export class LruCache {
  readonly counts = { hits: 0, misses: 0, evictions: 0 };
  readonly #entries = new Map<string, string>();
  #bytes = 0;

  constructor(readonly maxBytes: number) {}

  get entries(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): string | undefined {
    const value = this.#entries.get(key);
    this.counts[value === undefined ? 'misses' : 'hits'] += 1;
    if (value === undefined) return undefined;
    // A map keeps the order in which keys came: the one that is used now goes to the end.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: string): void {
    this.#remove(key);
    this.#entries.set(key, value);
    this.#bytes += sizeOf(key, value);
    while (this.#bytes > this.maxBytes) {
      this.#remove(this.#entries.keys().next().value!);
      this.counts.evictions += 1;
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #remove(key: string): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= sizeOf(key, value);
  }
}

function sizeOf(key: string, value: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value);
}
