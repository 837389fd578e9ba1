import { exponential, gauge } from '@omninode/contracts';
import type { ExponentialValue } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { writeMeasured } from '../loop/write-measured.js';
import { quickPass } from '../testing/replay-family.js';
import { RecordingWriter } from '../testing/recording-writer.js';
import { defineFamily } from './define-family.js';
import { LabelSets } from './label-sets.js';
import { measure } from './measure.js';

const batches = (sum: number): ExponentialValue => ({ scale: 0, zeroCount: 1, sum, offset: 0, counts: [2, 3] });
const family = defineFamily<string, readonly (readonly [pool: string, value: ExponentialValue | null])[]>()({
  name: 'batches',
  lane: 'fast',
  query: '',
  maxLabelSets: 1,
  metrics: {
    omninode_batch_messages: exponential('messages', 'Batches.', ['pool']),
    omninode_pool_size: gauge('connections', 'Size.', ['pool']),
  },
  toMeasurements(pools, record) {
    for (const [pool, value] of pools) {
      record.omninode_batch_messages(value, { pool }, 1_000);
      record.omninode_pool_size(5, { pool });
    }
  },
});
const measured = (...pools: Parameters<typeof family.toMeasurements>[0]) =>
  measure(family, pools, quickPass({ atMs: 5_000 }), new LabelSets(family));

test('a distribution is written as one, with its start; its value is how many are in it', () => {
  const result = measured(['a', batches(7.5)]);
  expect(result).toMatchObject({
    failures: [],
    values: [{ value: 6, startMs: 1_000, distribution: { sum: 7.5 } }, { value: 5 }],
  });
  const writer = new RecordingWriter();
  writeMeasured(result, writer, 5_000);
  writer.publish(5_000);
  // The writer of tests keeps the sum of a distribution.
  expect(writer.passes[0]).toMatchObject({
    points: { 'omninode_batch_messages{pool="a"}': 7.5, 'omninode_pool_size{pool="a"}': 5 },
    starts: { 'omninode_batch_messages{pool="a"}': 1_000 },
  });
});

test('one that the source did not tell is no value', () => {
  expect(measured(['a', null]).values).toMatchObject([{ name: 'omninode_pool_size' }]);
});

test('beyond the cap it is left out and counted: a merged one would change its past as sets come and go', () => {
  const { values, cut } = measured(['a', batches(1)], ['b', batches(2)], ['c', batches(3)]);
  expect(values.map(({ name, labelValues, value }) => [name, ...labelValues, value])).toEqual([
    ['omninode_batch_messages', 'a', 6],
    ['omninode_pool_size', 'a', 5],
    ['omninode_pool_size', 'other', 10],
  ]);
  expect(cut).toBe(2);
});
