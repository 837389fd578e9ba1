import { Buffer } from 'node:buffer';

const firstCapacity = 256 * 1024;
const zero = 48;
const point = 46;
const newline = 10;

/**
 * Writes a page into bytes. Names are copied from bytes that were made once, and the digits of most numbers are written
 * without making a text of them, which is what a page otherwise spends most of its time on.
 */
export class PageBuffer {
  private bytes = Buffer.allocUnsafe(firstCapacity);
  private at = 0;

  get length(): number {
    return this.at;
  }

  text(text: string): void {
    this.reserve(text.length * 3);
    this.at += this.bytes.write(text, this.at, 'utf8');
  }

  /** `prefix`, the number, the end of the line. */
  line(prefix: Uint8Array, value: number): void {
    this.reserve(prefix.length + 32);
    this.bytes.set(prefix, this.at);
    this.at += prefix.length;
    this.number(value);
    this.bytes[this.at++] = newline;
  }

  /** What was written since the last call; the buffer begins anew. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.at);
    this.bytes = Buffer.allocUnsafe(firstCapacity);
    this.at = 0;
    return taken;
  }

  /** The shortest text that reads back as the same number; whole numbers and those of up to three decimals take the short way to it. */
  private number(value: number): void {
    if ((value | 0) === value && value >= 0) return this.digits(value);
    if (value > 0 && value < 2_000_000) {
      const thousandths = Math.round(value * 1000);
      if (thousandths / 1000 === value) return this.decimal(thousandths);
    }
    this.at += this.bytes.write(numberText(value), this.at, 'latin1');
  }

  private decimal(thousandths: number): void {
    const whole = (thousandths / 1000) | 0;
    this.digits(whole);
    let rest = thousandths - whole * 1000;
    this.bytes[this.at++] = point;
    for (let unit = 100; rest > 0; unit = (unit / 10) | 0) {
      const digit = (rest / unit) | 0;
      this.bytes[this.at++] = zero + digit;
      rest -= digit * unit;
    }
  }

  private digits(value: number): void {
    let places = 1;
    for (let bound = 10; value >= bound; bound *= 10) places++;
    this.at += places;
    let rest = value;
    for (let at = this.at - 1; places > 0; at--, places--) {
      const tens = (rest / 10) | 0;
      this.bytes[at] = zero + rest - tens * 10;
      rest = tens;
    }
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + more));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }
}

export function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
