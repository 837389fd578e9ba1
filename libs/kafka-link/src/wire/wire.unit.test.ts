import { describe, expect, test } from 'vitest';
import { versionFor } from './kafka-api.js';
import { protocolErrorName } from './protocol-error.js';
import { WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

describe.each([false, true])('flexible: %s', (isFlexible) => {
  test('what is written is read again', () => {
    const long = 'ä'.repeat(9_000); // its length takes more than one byte in either form
    const writer = new WireWriter(isFlexible);
    const { bytes } = writer
      .int8(-1)
      .int16(-2)
      .int32(-3)
      .int64(2 ** 52)
      .boolean(true)
      .text(long)
      .text('')
      .text(null)
      .list([1, 2], (item) => writer.int8(item))
      .list(null, () => undefined)
      .tags();
    const reader = new WireReader(bytes, isFlexible);
    expect([reader.int8(), reader.int16(), reader.int32(), reader.int64(), reader.boolean()]).toEqual([
      -1,
      -2,
      -3,
      2 ** 52,
      true,
    ]);
    expect([reader.text(), reader.nullableText(), reader.nullableText()]).toEqual([long, '', null]);
    expect(reader.list(() => reader.int8())).toEqual([1, 2]);
    expect(reader.list(() => reader.int8())).toEqual([]);
    reader.tags();
    expect(reader.left).toBe(0);
  });

  test('a reply that ends too early is an error, and so is a list that can not be in it', () => {
    const { bytes } = new WireWriter(isFlexible).text('orders');
    expect(() => new WireReader(bytes.subarray(0, 4), isFlexible).text()).toThrow(RangeError);
    const huge = isFlexible ? Buffer.from([0xff, 0xff, 0xff, 0xff, 0x07]) : Buffer.from([0x7f, 0xff, 0xff, 0xff]);
    expect(() => new WireReader(huge, isFlexible).list(() => 0)).toThrow('A list of');
  });
});

test('tagged fields that we do not know are passed over', () => {
  // Two of them: number 0 with one byte, number 1 with none.
  const reader = new WireReader(Buffer.from([2, 0, 1, 99, 1, 0, 7]), true);
  reader.tags();
  expect(reader.int8()).toBe(7);
});

test('a length without end is an error', () => {
  expect(() => new WireReader(Buffer.alloc(9, 0xff), true).text()).toThrow('more than five bytes');
});

test.each([
  ['both speak it: the newest', { minVersion: 0, maxVersion: 5 }, 4],
  ['the broker is older', { minVersion: 0, maxVersion: 3 }, 3],
  ['the broker is too old', { minVersion: 0, maxVersion: 1 }, undefined],
  ['the broker is too new', { minVersion: 5, maxVersion: 9 }, undefined],
])('%s', (_, spoken, version) => {
  expect(versionFor({ key: 7, oldestVersion: 2, newestVersion: 4 }, { 7: spoken })).toBe(version);
  expect(versionFor({ key: 7, oldestVersion: 2, newestVersion: 4 }, {})).toBeUndefined();
});

test('error codes have names', () => {
  expect(protocolErrorName(31)).toBe('CLUSTER_AUTHORIZATION_FAILED');
  expect(protocolErrorName(4_711)).toBe('error 4711');
});
