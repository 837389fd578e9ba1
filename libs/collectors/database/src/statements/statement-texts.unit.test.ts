import { expect, test } from 'vitest';
import { marked, textsQuery } from './statement-rows.js';
import type { TextRow } from './statement-rows.js';
import { afterFailedFetch, missingTexts, noTexts, withTexts } from './statement-texts.js';

const row = (queryid: string, query: string): TextRow => ({
  userid: '10',
  dbid: '5',
  queryid,
  toplevel: 't',
  user: 'shop',
  query,
  own_queryid: '99',
});
const key = (queryid: string) => `10 5 ${queryid} t`;
const fetched = {
  rows: [row('1', 'select 1'), row('2', marked('availability', 'select now()'))],
  listed: [key('1')],
  atMs: 1_000,
  tookMs: 20,
};

test('texts are fetched for listed statements that are not known, and not again within a minute (P6)', () => {
  expect(missingTexts(noTexts, [key('1')], 1_000)).toEqual([key('1')]);
  const cache = withTexts(noTexts, fetched);
  expect(cache.texts).toEqual({ [key('1')]: { user: 'shop', query: 'select 1' } });
  expect(missingTexts(cache, [key('1'), key('3')], 60_999)).toEqual([]);
  expect(missingTexts(cache, [key('1'), key('3')], 61_000)).toEqual([key('3')]);
  expect(missingTexts(cache, [key('1')], 61_000)).toEqual([]);
});

test('a fetch that took long is paid for with a longer pause: a thousandth of the time at most', () => {
  const cache = withTexts(noTexts, { ...fetched, tookMs: 600 });
  expect(missingTexts(cache, [key('3')], 600_000)).toEqual([]);
  expect(missingTexts(cache, [key('3')], 601_000)).toEqual([key('3')]);
});

test('a fetch that failed is not tried in every pass', () => {
  expect(missingTexts(afterFailedFetch(noTexts, 1_000), [key('1')], 1_000_000)).toEqual([]);
  expect(missingTexts(afterFailedFetch(noTexts, 1_000), [key('1')], 1_801_000)).toEqual([key('1')]);
});

test('our own statements are known by their mark, and the fetching one by its id', () => {
  expect(withTexts(noTexts, fetched).own).toEqual(['99', '2']);
});

test('the cache is bounded; what is listed stays', () => {
  let cache = noTexts;
  for (let round = 0; round < 5; round++) {
    const rows = Array.from({ length: 300 }, (_, at) => row(String(1_000 * round + at), 'select 1'));
    cache = withTexts(cache, { rows, listed: [key('7')], atMs: 0, tookMs: 0 });
  }
  expect(Object.keys(cache.texts)).toHaveLength(400);
  expect(cache.texts[key('7')]).toBeDefined();
});

test('ids of the server come into our statement as one constant, and only as numbers', () => {
  const text = textsQuery({ minor: 12, schema: 'public', isReachable: true }, [
    '1',
    '-2',
    `3}'::bigint[]); drop table x; --`,
  ]);
  expect(text).toContain(`'{1,-2}'::bigint[]`);
  expect(text).not.toContain('drop');
});
