import { expect, test } from 'vitest';
import { jsonPieces, Listed } from './listed.js';

test('is the same text as JSON has, whatever is in it', () => {
  const value = {
    version: 1,
    nothing: null,
    left: undefined,
    empty: {},
    none: [],
    holes: [undefined, 1, 'a"b'],
    deep: {
      list: Array.from({ length: 30_000 }, (_, nth) => ({ nth })),
      listed: new Listed(() => [1, { two: 2 }, [3]]),
    },
    at: new Date(0),
  };
  const text = [...jsonPieces(value)].join('');
  expect(text).toBe(JSON.stringify(value));
  expect(JSON.parse(text)).toMatchObject({ deep: { listed: [1, { two: 2 }, [3]] } });
});

test('a long list is cut, and its items are made as they are read', () => {
  let made = 0;
  const items = function* () {
    for (let nth = 0; nth < 10_000; nth++) {
      made++;
      yield { nth, text: 'x'.repeat(100) };
    }
  };
  const longest: number[] = [];
  for (const piece of jsonPieces({ alerts: { instances: new Listed(items) } })) {
    if (longest.length < 3) expect(made).toBeLessThan(2_000);
    longest.push(piece.length);
  }
  expect(made).toBe(10_000);
  expect(Math.max(...longest)).toBeLessThan(110_000);
});
