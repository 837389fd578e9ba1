import { gauge, histogram, limits } from '@omninode/contracts';
import type { Metric } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { SeriesTable } from './series-table.js';

const used = gauge('connections', 'In use.', ['pool']);

describe('a series that readers would refuse', () => {
  test.each<[string, string, Metric, string[]]>([
    ['a name that is not of the form', 'omninode used', used, ['a']],
    ['a label too many', 'omninode_used', used, ['a', 'b']],
    ['a label too few', 'omninode_used', used, []],
    ['a lone surrogate', 'omninode_used', used, ['\ud800']],
    ['a label value that is too long', 'omninode_used', used, ['x'.repeat(limits.labelValueLength + 1)]],
    ['a label value that is no text', 'omninode_used', used, [undefined as never]],
    ['a reserved label', 'omninode_other', gauge('connections', 'In use.', ['instance']), ['a']],
    ['bounds that do not ascend', 'omninode_other', histogram('seconds', 'How long.', [1, 1]), []],
    ['another declaration of a known name', 'omninode_known', gauge('bytes', 'Else.'), []],
  ])('%s is refused', (_what, name, metric, labelValues) => {
    const table = new SeriesTable({ target: 'orders-db' }, 100);
    table.find('omninode_known', gauge('connections', 'In use.'), []);
    expect(table.find(name, metric, labelValues)).toBe(-1);
    expect(table.size).toBe(1);
  });
});

test('the same declaration made twice is no other one', () => {
  const table = new SeriesTable({}, 100);
  expect(table.find('omninode_used', used, ['a'])).toBe(0);
  expect(table.find('omninode_used', gauge('connections', 'The same, said otherwise.', ['pool']), ['a'])).toBe(0);
});

test('series with the same label values in another order of labels are others', () => {
  const table = new SeriesTable({}, 100);
  const metric = gauge('connections', 'In use.', ['pool', 'state']);
  expect(table.find('omninode_used', metric, ['a', 'b'])).toBe(0);
  expect(table.find('omninode_used', metric, ['b', 'a'])).toBe(1);
  expect(table.find('omninode_used', metric, ['a', 'b'])).toBe(0);
  expect(table.slice(0, 2).series).toEqual([
    [0, ['a', 'b']],
    [0, ['b', 'a']],
  ]);
});

test("a metric's own label stands for the producer's label of that name", () => {
  const table = new SeriesTable({ target: 'orders-db' }, 100);
  table.find('omninode_used', gauge('connections', 'In use.', ['target']), ['other']);
  const [definition] = table.slice(0, 1).metrics;
  expect([definition!.labelNames, table.slice(0, 1).series]).toEqual([['target'], [[0, ['other']]]]);
});
