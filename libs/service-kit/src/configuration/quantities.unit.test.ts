import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { duration, formatDuration, parseDuration } from './duration.js';
import { formatSize, parseSize, size } from './size.js';

test.each([
  ['250ms', 250],
  ['15s', 15_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['30d', 2_592_000_000],
  ['0s', 0],
])('the duration %s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '15',
  's',
  '15 s',
  '-1s',
  '1e3s',
  '15S',
  '1.0001ms',
  '0.0001s',
  '5 minutes',
  '999999999999d',
  'Infinitys',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  ['512B', 512],
  ['64KiB', 65_536],
  ['256MiB', 268_435_456],
  ['1TiB', 1_099_511_627_776],
])('the size %s is %i bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', '1', '1KB', '1kib', '-1B', '1.5MiB', '1 MiB', '999999999999999TiB'])('%j is no size', (text) => {
  expect(parseSize(text)).toBeUndefined();
});

test('what is written of a quantity reads as the same quantity', () => {
  assert(property(integer({ min: 0, max: 1e12 }), (ms) => parseDuration(formatDuration(ms)) === ms));
  assert(property(integer({ min: 0, max: 1e15 }), (bytes) => parseSize(formatSize(bytes)) === bytes));
});

test('bounds are inclusive', () => {
  const schema = duration({ min: '1s', max: '1m' });
  expect(['999ms', '1s', '1m', '61s'].map((text) => schema.safeParse(text).success)).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(['1KiB', '1023B'].map((text) => size({ min: '1KiB' }).safeParse(text).success)).toEqual([true, false]);
});

test('a bound that is no duration is found when the schema is made', () => {
  expect(() => duration({ min: '5' })).toThrow('"5" is no duration');
});
