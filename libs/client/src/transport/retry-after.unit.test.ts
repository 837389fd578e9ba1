import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.js';

const nowMs = Date.parse('2026-11-24T12:00:00Z');

test.each([
  [null, 0],
  ['', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['0', 0],
  ['-1', 0],
  ['soon', 0],
  ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
  ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
  ['99999999999999999999', 300_000],
])('%o is %s ms', (header, ms) => expect(retryAfterMs(header, nowMs)).toBe(ms));
