import { malformedRecords } from '@omninode/contracts/testing';
import { expect, test } from 'vitest';
import { arrayElements } from './array-elements.js';

const elementsOf = (text: string) => arrayElements(Buffer.from(text))?.map(String);

test.each([
  ['[]', []],
  [' [ \n ] ', []],
  ['[1]', ['1']],
  ['[ 1 , "a,b" ,[2,3],{"c":[4,{"d":"]}"}]}]', [' 1 ', ' "a,b" ', '[2,3]', '{"c":[4,{"d":"]}"}]}']],
  [String.raw`["\\","\"],[",1]`, [String.raw`"\\"`, String.raw`"\"],["`, '1']],
  ['["Zürich"]', ['"Zürich"']],
  ['[,]', ['', '']],
])('%s', (text, elements) => expect(elementsOf(text)).toEqual(elements));

test.each(['', ' ', '[', ']', '{}', '{"a":[1]}', '[1', '1]', '[1]]', '[1],[2]', '[1}', '[1] x'])(
  '%s is no array',
  (text) => expect(elementsOf(text)).toBeUndefined(),
);

test('a text is JSON exactly when it is split and each element is', () => {
  const spoilt = malformedRecords(7);
  const next = () => spoilt.next().value.value.subarray(0, 2_000).toString('latin1');
  const seen = { valid: 0, invalid: 0 };
  for (let round = 0; round < 4_000; round++) {
    const text = round % 3 === 0 ? `[${next()}]` : `[${next()},${next()}]`;
    const elements = elementsOf(text);
    const isJson = parses(text);
    expect([text, elements?.every(parses) ?? false]).toEqual([text, isJson]);
    if (isJson) expect(elements?.map((element) => JSON.parse(element) as unknown)).toEqual(JSON.parse(text));
    seen[isJson ? 'valid' : 'invalid']++;
  }
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(200);
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
