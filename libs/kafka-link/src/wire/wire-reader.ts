/** Reads the body of a reply, as `WireWriter` writes requests. Throws a RangeError when the reply ends too early. */
export class WireReader {
  #at = 0;

  constructor(
    private readonly buffer: Buffer,
    readonly isFlexible: boolean,
  ) {}

  /** How many bytes are not read yet. */
  get left(): number {
    return this.buffer.length - this.#at;
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  int8(): number {
    return this.buffer.readInt8(this.#forward(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#forward(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#forward(4));
  }

  /** Offsets, sizes and times: all of them are far below 2^53. */
  int64(): number {
    return Number(this.buffer.readBigInt64BE(this.#forward(8)));
  }

  /** As hexadecimal digits. */
  uuid(): string {
    return this.#slice(16).toString('hex');
  }

  text(): string {
    return this.nullableText() ?? '';
  }

  nullableText(): string | null {
    const length = this.isFlexible ? this.#unsignedVarint() - 1 : this.int16();
    return length < 0 ? null : this.#slice(length).toString('utf8');
  }

  skipBytes(): void {
    const length = this.isFlexible ? this.#unsignedVarint() - 1 : this.int32();
    if (length > 0) this.#forward(length);
  }

  list<T>(read: () => T): T[] {
    const length = this.isFlexible ? this.#unsignedVarint() - 1 : this.int32();
    // Every item has a byte at least: a length beyond that is no list, and must not take our memory.
    if (length > this.left) throw new RangeError(`A list of ${length} items in ${this.left} bytes.`);
    return Array.from({ length: Math.max(0, length) }, read);
  }

  /** The end of a structure: tagged fields are what newer servers add, so they are passed over. */
  tags(): void {
    if (!this.isFlexible) return;
    for (let count = this.#unsignedVarint(); count > 0; count--) {
      this.#unsignedVarint();
      this.#forward(this.#unsignedVarint());
    }
  }

  #unsignedVarint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.buffer.readUInt8(this.#forward(1));
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > 2 ** 28) throw new RangeError('A length of more than five bytes.');
    }
  }

  #slice(length: number): Buffer {
    const from = this.#forward(length);
    return this.buffer.subarray(from, this.#at);
  }

  #forward(length: number): number {
    const from = this.#at;
    if (from + length > this.buffer.length) throw new RangeError(`The reply ends at ${this.buffer.length} bytes.`);
    this.#at += length;
    return from;
  }
}
