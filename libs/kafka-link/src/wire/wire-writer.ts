/**
 * Writes the body of a request in the types of Kafka's protocol (https://kafka.apache.org/protocol#protocol_types). In the
 * flexible versions of an API (KIP-482) texts and lists are compact, and every structure ends in tagged fields: `tags()`
 * writes none of them there, and nothing elsewhere, so that one description of a request serves all its versions.
 */
export class WireWriter {
  readonly #parts: Buffer[] = [];

  constructor(readonly isFlexible: boolean) {}

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int8(value: number): this {
    return this.#write(1, (buffer) => buffer.writeInt8(value));
  }

  int16(value: number): this {
    return this.#write(2, (buffer) => buffer.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#write(4, (buffer) => buffer.writeInt32BE(value));
  }

  int64(value: number): this {
    return this.#write(8, (buffer) => buffer.writeBigInt64BE(BigInt(value)));
  }

  text(value: string | null): this {
    const bytes = value === null ? undefined : Buffer.from(value);
    if (this.isFlexible) this.#unsignedVarint((bytes?.length ?? -1) + 1);
    else this.int16(bytes?.length ?? -1);
    if (bytes) this.#parts.push(bytes);
    return this;
  }

  /** `null` differs from an empty list: it mostly means "all". */
  list<T>(items: readonly T[] | null, write: (item: T) => unknown): this {
    if (this.isFlexible) this.#unsignedVarint((items?.length ?? -1) + 1);
    else this.int32(items?.length ?? -1);
    for (const item of items ?? []) write(item);
    return this;
  }

  /** The end of a structure. */
  tags(): this {
    return this.isFlexible ? this.int8(0) : this;
  }

  #unsignedVarint(value: number): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    this.#parts.push(Buffer.from([...bytes, rest]));
  }

  #write(size: number, write: (buffer: Buffer) => void): this {
    const buffer = Buffer.alloc(size);
    write(buffer);
    this.#parts.push(buffer);
    return this;
  }
}
