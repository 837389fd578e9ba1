import { describe, expect, test } from 'vitest';
import { readSamples } from './read-samples.js';

const all = () => true;
const read = (text: string) => readSamples(text, all).wanted;

describe('samples', () => {
  test.each([
    ['without labels', 'up 1\n', { name: 'up', labels: {}, value: 1 }],
    ['with a timestamp', 'up 1 1395066363000\n', { name: 'up', labels: {}, value: 1 }],
    [
      'with labels and a comma after the last',
      'a{b="c",d="e",} 2\n',
      { name: 'a', labels: { b: 'c', d: 'e' }, value: 2 },
    ],
    ['with blanks everywhere', '\t a { b = "c" , d="e" }\t 3.5e-2 \r\n', undefined],
    [
      'with blanks in the braces',
      'a{ b = "c" , d="e" }\t3.5e-2 \r\n',
      { name: 'a', labels: { b: 'c', d: 'e' }, value: 0.035 },
    ],
    ['with escapes', 'a{b="x\\"y\\\\z\\n}"} 4\n', { name: 'a', labels: { b: 'x"y\\z\n}' }, value: 4 }],
    ['with empty braces', 'a{} 5\n', { name: 'a', labels: {}, value: 5 }],
    ['with an exemplar', 'a_total{b="c"} 6 # {trace_id="x"} 0.5\n', { name: 'a_total', labels: { b: 'c' }, value: 6 }],
  ])('%s', (_, text, sample) => {
    if (sample) expect(read(text)).toEqual([sample]);
    else expect(readSamples(text, all).malformed).toBe(1);
  });

  test('values that are no finite numbers are none', () => {
    expect(readSamples('a NaN\nb +Inf\nc -Inf\n', all)).toMatchObject({ wanted: [], lines: 3, malformed: 0 });
  });

  test('only names that are wanted are looked at', () => {
    const text = '# HELP a b\n# TYPE a gauge\nbroken{{{\na{x="1"} 1\na{x="2"} 2\n\n';
    const { wanted, lines, malformed } = readSamples(text, (name) => name === 'a');
    expect(wanted.map(({ value }) => value)).toEqual([1, 2]);
    expect({ lines, malformed }).toEqual({ lines: 3, malformed: 0 });
  });
});

describe('what is not of the format', () => {
  test.each(['a{b="c} 1\n', 'a{b=c} 1\n', 'a{b="c"\n', 'a{b="c"}\n', 'a\n', 'a one\n', 'a 0x10\n', 'a{b="c"} \n'])(
    '%j is left out and counted',
    (line) => {
      const samples = readSamples(`fine 1\n${line}fine 2\n`, all);
      expect(samples).toMatchObject({ malformed: 1, firstMalformed: 2, isCut: false });
      expect(samples.wanted.map(({ value }) => value)).toEqual([1, 2]);
    },
  );

  test('a line as long as a book', () => {
    const book = `a{b="${'\\"x'.repeat(1_000_000)}"} 1\n`;
    expect(readSamples(`${book}fine 2\n`, all)).toMatchObject({ malformed: 1, wanted: [{ name: 'fine' }] });
  });

  test('a last line without its end is left out: 12 may have been 125', () => {
    expect(readSamples('a 1\nb 12', all)).toMatchObject({ isCut: true, wanted: [{ name: 'a', value: 1 }] });
  });

  test.each(['a 1\n# EOF\n', 'a 1\n# EOF', 'a 1\n', ''])('%j is whole', (text) => {
    expect(readSamples(text, all).isCut).toBe(false);
  });
});
