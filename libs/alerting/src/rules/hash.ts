import { Buffer } from 'node:buffer';

/**
 * 64 bits of a text in hexadecimal digits: FNV-1a, as Prometheus makes its fingerprints, in two halves because a number holds 53.
 * Tells things apart; protects nothing. http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function hashOf(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of Buffer.from(text)) {
    low = (low ^ byte) >>> 0;
    // The prime is 2^40 + 0x1b3.
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + (low << 8) + Math.floor(product / 2 ** 32)) >>> 0;
    low = product >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** The identity of an alert: its name and labels, in whatever order they stand. */
export function fingerprintOf(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).filter(([label, value]) => label !== 'alertname' && value !== '');
  return hashOf(JSON.stringify([name, pairs.sort(([a], [b]) => (a < b ? -1 : 1))]));
}
