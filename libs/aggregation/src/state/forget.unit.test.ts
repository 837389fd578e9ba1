import { expect, test } from 'vitest';
import { PartitionState } from './partition-state.js';
import { SampleProducer, sampleColumns, sampleSlice, sampleStartMs, sampleValues } from './sample-records.js';

const dayMs = 24 * 3_600_000;
const limits = { series: 20, seriesPerEntity: 20 };

test('a series that is silent and that no producer names any more makes room; the others keep what they have', () => {
  const state = new PartitionState(limits);
  const old = new SampleProducer(state, { incarnation: 1 });
  old.define(0, slice('old', 15));
  old.data(0, { known: 15, values: Array.from({ length: 15 }, () => 1) });
  const newer = new SampleProducer(state, { incarnation: 2 });
  newer.define(dayMs, slice('new', 5));
  newer.data(dayMs, { known: 5, values: [1, 2, 3, 4, 5], starts: [[0, sampleStartMs]] });
  const page = state.store;

  state.forget(sampleStartMs + dayMs + 1);
  expect(state.store.size).toBe(5);
  expect(page.size).toBe(20);
  newer.data(dayMs + 10, { known: 5, indexes: [4], values: [50] });
  expect(['new0', 'new4', 'old0'].map((name) => sampleValues(state, name))).toEqual([[1], [50], undefined]);
});

test('a silent series that a producer still names goes on when it comes back', () => {
  const state = new PartitionState(limits);
  const producer = new SampleProducer(state);
  producer.define(0, slice('x', 2));
  producer.data(0, { known: 2, values: [10, 1] });
  for (let days = 1; days < 4; days++) {
    producer.data(days * dayMs, { known: 2, indexes: [1], values: [days] });
    state.forget(sampleStartMs + days * dayMs);
  }
  producer.data(4 * dayMs, { known: 2, values: [12, 9] });
  expect([sampleValues(state, 'x0'), state.ledger.resets]).toEqual([[12], 0]);
});

test('rows that nobody sends any more make room too', () => {
  const state = new PartitionState(limits);
  const producer = new SampleProducer(state);
  const rows = { encoding: 'rows', sequence: null, incarnation: null } as const;
  producer.send(0, { ...rows, dictionary: slice('gone', 20), data: sampleColumns({ known: 20, values: zeros(20) }) });
  state.forget(sampleStartMs + dayMs + 1);
  producer.send(dayMs + 1, {
    ...rows,
    dictionary: slice('b', 3),
    data: sampleColumns({ known: 3, values: [7, 8, 9] }),
  });
  expect([state.store.size, sampleValues(state, 'b2'), state.ledger.refusedPoints]).toEqual([3, [9], 0]);
});

function slice(name: string, count: number): ReturnType<typeof sampleSlice> {
  const metrics = Array.from({ length: count }, (_, nth) => ({ name: `${name}${nth}`, kind: 'counter' as const }));
  return sampleSlice(
    metrics,
    metrics.map((_, nth) => [nth, []] as const),
  );
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
