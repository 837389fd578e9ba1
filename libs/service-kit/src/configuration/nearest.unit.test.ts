import { expect, test } from 'vitest';
import { nearest } from './nearest.js';

const names = ['http.port', 'http.host', 'log.level', 'data.dir'];

test.each([
  ['http.prot', 'http.port'],
  ['HTTP.PORT', 'http.port'],
  ['htp.port', 'http.port'],
  ['http.hsot', 'http.host'],
  ['data.dirs', 'data.dir'],
  ['loglevel', 'log.level'],
  ['notify', undefined],
  ['', undefined],
])('%j means %s', (name, meant) => {
  expect(nearest(name, names)).toBe(meant);
});
