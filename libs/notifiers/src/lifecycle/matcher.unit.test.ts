import { expect, test } from 'vitest';
import { matchesAll, parseMatcher } from './matcher.js';

test.for([
  ['target=db', { target: 'db' }, true],
  ['target=db', { target: 'db2' }, false],
  ['target="db"', { target: 'db' }, true],
  ['target!=db', {}, true],
  ['target=', {}, true],
  ['target=~db', { target: 'db2' }, false],
  ['target=~db.*', { target: 'db\n2' }, true],
  ['target =~ db|cache', { target: 'cache' }, true],
  ['target!~db-\\d+', { target: 'db-12' }, false],
] as const)('%s on %j', ([text, labels, expected]) => {
  const parsed = parseMatcher(text);
  expect('matcher' in parsed && matchesAll([parsed.matcher], labels)).toBe(expected);
});

test.for([
  '',
  '=x',
  '1a=x',
  'a=~(',
  'a=~(x+)+',
  'a=~(x|xx)*',
  'a=~(?=x)x',
  'a=~(x)\\1',
  `a=~${'x'.repeat(300)}`,
  'a=~.*a.*b.*c.*',
  'a=~((x)*y)*',
])('%s is refused', (text) => {
  expect(parseMatcher(text)).toHaveProperty('problem');
});

test('what is taken is fast on the longest value', () => {
  const parsed = parseMatcher('a=~.*x.*y.*z');
  const beginMs = performance.now();
  expect('matcher' in parsed && matchesAll([parsed.matcher], { a: 'xy'.repeat(512) })).toBe(false);
  expect(performance.now() - beginMs).toBeLessThan(2_000);
});
