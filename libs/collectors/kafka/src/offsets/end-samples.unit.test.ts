import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { addSample, beyondSince, endSamplesSchema, noSamples } from './end-samples.js';
import type { EndSamples } from './end-samples.js';

const topic = (ends: readonly (number | null)[], id: string | undefined = 'a') =>
  new Map([['orders', { id, ends: new Map(ends.map((end, partition) => [partition, end])) }]]);
const sampled = (...ends: readonly (number | null)[]): EndSamples =>
  ends.reduce<EndSamples>((samples, end, at) => addSample(samples, 1_000 * (at + 1), topic([end])), noSamples);
const since = (samples: EndSamples, offset: number) => beyondSince(samples, 'orders', 0, offset);

test('the time at which the end passed an offset lies between two samples', () => {
  const samples = sampled(100, 200, 200, 300);
  expect(since(samples, 150)).toEqual({ sinceMs: 1_500, isAtLeast: false });
  expect(since(samples, 100)).toEqual({ sinceMs: 1_000, isAtLeast: false });
  expect(since(samples, 200)).toEqual({ sinceMs: 3_000, isAtLeast: false }); // the end stood there until the third sample
  expect(since(samples, 300)).toBeUndefined();
});

test('an offset before the first sample is passed since then at least; one sample alone tells no time', () => {
  expect(since(sampled(100, 200), 50)).toEqual({ sinceMs: 1_000, isAtLeast: true });
  expect(since(sampled(100), 50)).toBeUndefined();
  expect(beyondSince(sampled(100, 200), 'nothing', 0, 1)).toBeUndefined();
});

test('an end that was not read counts as unmoved', () => {
  expect(since(sampled(100, null, 200), 100)?.sinceMs).toBe(2_000);
  expect(sampled(null).topics['orders']?.partitions).toEqual({});
});

test('a topic that was made anew, and an end that fell, begin without a past', () => {
  const anew = addSample(sampled(100, 200), 3_000, topic([250], 'b'));
  expect(since(anew, 150)).toBeUndefined();
  expect(since(addSample(anew, 4_000, topic([260], 'b')), 250)?.sinceMs).toBe(3_000);
  const fallen = addSample(sampled(100, 200), 3_000, topic([150]));
  expect(since(fallen, 120)).toBeUndefined();
});

test('what nobody reads any more is forgotten', () => {
  expect(addSample(sampled(100, 200), 3_000, new Map()).topics).toEqual({});
});

test('a clock that was set back begins anew, and so gives no age that is none', () => {
  const back = addSample(sampled(100, 200), 500, topic([300]));
  expect(back.times).toEqual([500]);
  expect(since(back, 150)).toBeUndefined();
});

test('after a week of samples every 30 s there are few, and a time that they tell is right to 15 % of its age', () => {
  const endMs = 7 * 86_400_000;
  for (const ageMs of [600_000, 3_600_000, 40_000_000, 200_000_000, 500_000_000]) {
    const endAt = (atMs: number) => (atMs < endMs - ageMs ? 100 : 200); // all of it came at once
    let samples = noSamples;
    for (let atMs = 30_000; atMs <= endMs; atMs += 30_000) samples = addSample(samples, atMs, topic([endAt(atMs)]));
    expect(samples.times.length).toBeLessThan(120);
    for (const offset of [100, 199]) {
      const told = endMs - (since(samples, offset)?.sinceMs ?? NaN);
      expect(Math.abs(told - ageMs)).toBeLessThan(0.15 * ageMs + 30_000);
    }
  }
});

test('of 9 000 partitions fewer samples are kept: they have to fit in one record', () => {
  const all = (atMs: number) =>
    new Map(
      Array.from({ length: 3_000 }, (_, at) => {
        const ends = new Map(
          [0, 1, 2].map((partition) => [partition, Math.floor((atMs / 1_000) * (at % 50)) + partition]),
        );
        return [`topic-${at}`, { id: 'a'.repeat(32), ends }];
      }),
    );
  let samples = noSamples;
  for (let atMs = 60_000; atMs < 86_400_000; atMs *= 1.1) samples = addSample(samples, Math.round(atMs), all(atMs));
  expect(gzipSync(JSON.stringify(samples), { level: 1 }).length).toBeLessThan(500_000);
  expect(endSamplesSchema.parse(JSON.parse(JSON.stringify(samples)))).toEqual(samples);
});
