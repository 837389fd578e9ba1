import { describe, expect, test } from 'vitest';
import { PartitionState } from './partition-state.js';
import { missingOf, newProducer, overdueOf } from './producer-state.js';
import { Producers } from './producers.js';
import { SampleProducer, sampleColumns, sampleSlice, sampleStartMs, sampleValues } from './sample-records.js';
import { SequenceMarks } from './sequence-marks.js';

const limits = { series: 1_000, seriesPerEntity: 1_000 };
const slice = sampleSlice(
  [{ name: 'queries_total', kind: 'counter' }, { name: 'sessions' }],
  [
    [0, []],
    [1, []],
  ],
);

describe('fencing', () => {
  test('is by the time of each point: an older owner counts before the first time stamp of the newer one', () => {
    const state = new PartitionState(limits);
    const [old, newer] = owners(state);
    newer.data(1000, { known: 2, indexes: [0], values: [7] });
    old.data(1500, { known: 2, values: [5, 40], timeOffsetsMs: [0, -600] });
    expect(sampleValues(state, 'sessions')).toEqual([40]);
    expect(sampleValues(state, 'queries_total')).toEqual([7]);
    expect(state.ledger).toMatchObject({ fencedPoints: 1, fenced: 0 });
  });

  test('refuses a record that lies behind it as a whole, its events too', () => {
    const state = new PartitionState(limits);
    const [old] = owners(state);
    old.data(1000, { known: 2, values: [99, 99] });
    old.send(1001, { events: [{ name: 'x.y', timeMs: sampleStartMs + 1001, attributes: {} }] });
    expect([state.ledger.fenced, sampleValues(state, 'sessions'), state.events.recent()]).toEqual([2, [0], []]);
  });

  test('still learns the dictionary of an older owner, for what it spooled', () => {
    const state = new PartitionState(limits);
    const [old] = owners(state);
    old.define(2000, sampleSlice([{ name: 'late' }], [[0, []]], 2));
    expect(old.data(500, { known: 3, values: [1, 2, 3] })).toBeUndefined();
    expect(sampleValues(state, 'late')).toEqual([3]);
  });

  test('moves back when an earlier record of the newer owner comes', () => {
    const state = new PartitionState(limits);
    const [old, newer] = owners(state);
    newer.data(800, { known: 2, values: [1, 1] });
    old.data(900, { known: 2, values: [99, 99] });
    expect(state.ledger.fenced).toBe(1);
  });

  test('a newer owner whose clock is behind is not late', () => {
    const state = new PartitionState(limits);
    const old = new SampleProducer(state, { incarnation: 1 });
    old.define(0, slice);
    old.data(600_000, { known: 2, values: [5, 5] });
    const newer = new SampleProducer(state, { incarnation: 2 });
    newer.define(1000, slice);
    newer.data(1000, { known: 2, values: [6, 6] });
    expect(sampleValues(state, 'sessions')).toEqual([6]);
    expect(state.ledger.latePoints).toBe(0);
  });

  test('does not reach producers of the same name in other entities', () => {
    const state = new PartitionState(limits);
    const one = new SampleProducer(state, { producer: 'p', entity: 'a', incarnation: 1 });
    const other = new SampleProducer(state, { producer: 'p', entity: 'b', incarnation: 2 });
    other.define(0, slice);
    one.define(0, slice);
    one.data(10, { known: 2, values: [1, 1] });
    expect(state.ledger).toMatchObject({ fenced: 0, applied: 3 });
  });
});

describe('sequences', () => {
  test('a dead letter that is sent again is no duplicate', () => {
    const state = new PartitionState(limits);
    const producer = new SampleProducer(state);
    const early = producer.record(0, { data: sampleColumns({ known: 2, values: [1, 2] }) });
    expect(producer.deliver(early)?.code).toBe('unknown_dictionary');
    producer.define(0, slice);
    expect(producer.deliver(early)).toBeUndefined();
    producer.deliver(early);
    expect(sampleValues(state, 'sessions')).toEqual([2]);
    expect(state.ledger).toMatchObject({ received: 4, applied: 2, deadLettered: 1, duplicate: 1 });
    expect([...state.producers].map(missingOf)).toEqual([0]);
  });

  test('what is missing is overdue after the grace, and no more once it came', () => {
    const state = new PartitionState(limits);
    const producer = new SampleProducer(state);
    producer.define(0, slice);
    const overtaken = producer.record(1, { data: sampleColumns({ known: 2, values: [1, 2] }) });
    producer.data(2, { known: 2, values: [3, 4] });
    const [known] = state.producers;
    expect([missingOf(known!), overdueOf(known!, sampleStartMs + 60_000)]).toEqual([1, 0]);
    expect(overdueOf(known!, sampleStartMs + 60_003)).toBe(1);
    producer.deliver(overtaken);
    expect([missingOf(known!), overdueOf(known!, sampleStartMs + 90_000)]).toEqual([0, 0]);
  });

  test('holes without end are given up from the oldest on, and stay counted as missing', () => {
    const marks = new SequenceMarks();
    for (let sequence = 2; sequence <= 20_000; sequence += 2) expect(marks.add(sequence)).toBe(true);
    expect(marks.beyond.length).toBeLessThanOrEqual(2_000);
    expect([marks.last, marks.distinct]).toEqual([20_000, 10_000]);
    expect([marks.add(1), marks.add(19_999), marks.distinct]).toEqual([false, true, 10_001]);
  });
});

test('inventing producers without end does not fill the memory: the quietest are forgotten', () => {
  const producers = new Producers();
  for (let nth = 0; nth < 20_010; nth++) {
    const added = producers.add(newProducer({ producer: `p${nth}`, entity: 'e', incarnation: 1, firstTimeMs: 0 }));
    added.seenMs = nth;
  }
  expect([producers.size, producers.find('e', 'p9', 1), producers.find('e', 'p10', 1)?.seenMs]).toEqual([
    20_000,
    undefined,
    10,
  ]);
});

test('a newer owner that fell silent is remembered while an older one still speaks', () => {
  const producers = new Producers();
  const [old, newer] = [1, 2].map((incarnation) =>
    producers.add(newProducer({ producer: 'p', entity: 'e', incarnation, firstTimeMs: incarnation })),
  );
  old!.seenMs = 100;
  producers.forget(50);
  expect([producers.size, old!.fencedFromMs, newer!.fencedFromMs]).toEqual([2, 2, Infinity]);
  producers.forget(200);
  expect(producers.size).toBe(0);
});

/** An older owner that has told its dictionary, and a newer one that began a second later. */
function owners(state: PartitionState): [SampleProducer, SampleProducer] {
  const old = new SampleProducer(state, { incarnation: 1 });
  const newer = new SampleProducer(state, { incarnation: 2 });
  old.define(0, slice);
  newer.define(1000, slice);
  return [old, newer];
}
