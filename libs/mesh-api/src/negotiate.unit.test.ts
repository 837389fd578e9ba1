import { expect, test } from 'vitest';
import { acceptsGzip, negotiateFormat } from './negotiate.js';

test.each([
  [undefined, 'text'],
  ['*/*', 'text'],
  ['text/html', 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  // What Prometheus 2 and 3 send.
  [
    'application/openmetrics-text;version=1.0.0;q=0.75,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1',
    'openmetrics',
  ],
  ['text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.1', 'text'],
])('%s gets %s', (accept, format) => {
  expect(negotiateFormat(accept)).toBe(format);
});

test.each([
  [undefined, false],
  ['identity', false],
  ['gzip', true],
  ['deflate, gzip;q=0.8, br', true],
  ['gzip;q=0', false],
])('accept-encoding %s: gzip %s', (encoding, expected) => {
  expect(acceptsGzip(encoding)).toBe(expected);
});
