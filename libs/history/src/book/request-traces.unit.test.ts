import { expect, test } from 'vitest';
import { inOrderOfBegin } from './request-traces.js';

const endMs = Date.UTC(2026, 10, 24, 10);

test('what began first comes first; of what began within a millisecond or two, the longer one holds the other', () => {
  const http = { name: 'http', at: endMs, seconds: 2.0002, status: 'success' };
  const database = { name: 'database', at: endMs - 1_000, seconds: 1.0009, status: 'success' };
  const publish = { name: 'publish', at: endMs - 1, seconds: 0.998, status: 'success' };
  for (const parts of [
    [http, database, publish],
    [publish, database, http],
    [database, http, publish],
  ]) {
    expect(inOrderOfBegin(parts, (part) => part).map(({ name }) => name)).toEqual(['http', 'database', 'publish']);
  }
});
