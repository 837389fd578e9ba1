import { describe, expect, test } from 'vitest';
import { PartitionState } from './partition-state.js';
import { SampleProducer, sampleColumns, sampleSlice, sampleStartMs, sampleValues } from './sample-records.js';

const limits = { series: 1_000, seriesPerEntity: 1_000 };
const slice = sampleSlice(
  [
    { name: 'requests_total', kind: 'counter' },
    { name: 'connections' },
    { name: 'latency_seconds', kind: 'histogram', bounds: [0.1, 1] },
    { name: 'size_bytes', kind: 'exponential' },
  ],
  [
    [0, []],
    [1, []],
    [2, []],
    [3, []],
  ],
);
const size = { scale: 1, zeroCount: 0, sum: 4, offset: 0, counts: [1, 1] };

function setUp(): { state: PartitionState; producer: SampleProducer } {
  const state = new PartitionState(limits);
  const producer = new SampleProducer(state);
  producer.define(0, slice);
  return { state, producer };
}

test('values of all series, and of some by index, are kept as the latest', () => {
  const { state, producer } = setUp();
  producer.data(0, { known: 4, values: [1, 30, 1, 2, 3, 4.5], exponentials: [[3, size]] });
  producer.data(10, { known: 4, indexes: [2, 0], values: [2, 2, 3, 5, 9] });
  expect(sampleValues(state, 'requests_total')).toEqual([9]);
  expect(sampleValues(state, 'latency_seconds')).toEqual([2, 2, 3, 5]);
  expect(state.store.exponentials.get(3)).toEqual(size);
});

test('more or fewer values than slots are a dead letter that changes nothing', () => {
  const { state, producer } = setUp();
  expect(producer.data(0, { known: 4, values: [1, 2] })?.code).toBe('slot_mismatch');
  expect(producer.data(0, { known: 4, indexes: [2, 0], values: [1, 2, 3, 4] })?.code).toBe('slot_mismatch');
  expect(state.store.times.slice(0, 4)).toEqual(new Float64Array(4));
});

describe('time', () => {
  test('each point has its own, and an older one than the latest of its series is late', () => {
    const { state, producer } = setUp();
    producer.data(1000, { known: 4, indexes: [0, 1], values: [5, 5], timeOffsetsMs: [0, -600] });
    producer.data(500, { known: 4, indexes: [0, 1], values: [6, 6] });
    expect([sampleValues(state, 'requests_total'), sampleValues(state, 'connections')]).toEqual([[5], [6]]);
    expect(state.ledger.latePoints).toBe(1);
  });

  test('a point from the future in a record of the present is left out, or it would hide all that follow', () => {
    const { state, producer } = setUp();
    producer.data(0, { known: 4, indexes: [0, 1], values: [5, 5], timeOffsetsMs: [0, 300_001] });
    producer.data(10, { known: 4, indexes: [0, 1], values: [6, 6] });
    expect(sampleValues(state, 'connections')).toEqual([6]);
    expect(state.ledger).toMatchObject({ rejectedPoints: 1, latePoints: 0 });
  });

  test('an event from the future does not stand as the newest', () => {
    const { state, producer } = setUp();
    const status = (timeMs: number) => ({ name: 'collector.status', timeMs, attributes: { family: 'f' } });
    producer.send(0, { events: [status(sampleStartMs + 400_000), status(sampleStartMs)] });
    expect(state.events.current('collector.status').map(({ timeMs }) => timeMs)).toEqual([sampleStartMs]);
    expect(state.ledger.rejectedPoints).toBe(1);
  });
});

describe('restarts', () => {
  test('a decrease is one, and begins at the first new point', () => {
    const { state, producer } = setUp();
    producer.data(0, { known: 4, indexes: [0], values: [10] });
    producer.data(1000, { known: 4, indexes: [0], values: [4] });
    expect([state.ledger.resets, state.store.starts[0]]).toEqual([1, sampleStartMs + 1000]);
  });

  test('a newer start is one although the value grew, and leaves the value until a point comes', () => {
    const { state, producer } = setUp();
    producer.data(0, { known: 4, indexes: [0], values: [10], starts: [[0, sampleStartMs - 9000]] });
    producer.data(2000, { known: 4, indexes: [1], values: [1], starts: [[0, sampleStartMs + 1000]] });
    expect([sampleValues(state, 'requests_total'), state.ledger.resets]).toEqual([[10], 1]);
    producer.data(3000, { known: 4, indexes: [0], values: [12] });
    expect([sampleValues(state, 'requests_total'), state.ledger.resets]).toEqual([[12], 1]);
  });

  test('a newer start and the decrease that follows are one', () => {
    const { state, producer } = setUp();
    producer.data(0, { known: 4, indexes: [0], values: [10] });
    producer.data(2000, { known: 4, indexes: [0], values: [3], starts: [[0, sampleStartMs + 1000]] });
    expect([state.ledger.resets, state.store.starts[0]]).toEqual([1, sampleStartMs + 1000]);
  });

  test('a start that its source told for the first time, or that trembles, is none', () => {
    const { state, producer } = setUp();
    producer.data(0, { known: 4, indexes: [0], values: [10] });
    producer.data(1000, { known: 4, indexes: [0], values: [11], starts: [[0, sampleStartMs - 9000]] });
    producer.data(2000, { known: 4, indexes: [0], values: [12], starts: [[0, sampleStartMs - 8000]] });
    expect(state.ledger.resets).toBe(0);
  });

  test('a gauge has none, whatever it does', () => {
    const { state, producer } = setUp();
    producer.data(0, { known: 4, indexes: [1], values: [10] });
    producer.data(2000, { known: 4, indexes: [1], values: [-3], starts: [[1, sampleStartMs + 1000]] });
    expect([sampleValues(state, 'connections'), state.ledger.resets, state.store.starts[1]]).toEqual([[-3], 0, 0]);
  });

  test('histograms have one when a count falls, not when the sum does', () => {
    const { state, producer } = setUp();
    producer.data(0, { known: 4, indexes: [2], values: [1, 2, 3, 9], exponentials: [[3, size]] });
    producer.data(1000, { known: 4, indexes: [2], values: [1, 2, 4, 8] });
    expect(state.ledger.resets).toBe(0);
    producer.data(2000, { known: 4, indexes: [2], values: [1, 0, 5, 8] });
    producer.data(3000, { known: 4, indexes: [], values: [], exponentials: [[3, { ...size, counts: [1] }]] });
    expect(state.ledger.resets).toBe(2);
  });
});

test('a negative count and a value that is not a number are left out, the others of the record stand', () => {
  const { state, producer } = setUp();
  producer.data(0, { known: 4, values: [1, 2, 1, 1, 1, 1] });
  producer.send(1000, {
    data: sampleColumns({ known: 4, values: [-1, 3, 2, NaN, 2, 2] }),
    rejected: [{ code: 'invalid_value', path: 'x[3]' }],
  });
  expect(sampleValues(state, 'requests_total')).toEqual([1]);
  expect(sampleValues(state, 'connections')).toEqual([3]);
  expect(sampleValues(state, 'latency_seconds')).toEqual([1, 1, 1, 1]);
  expect(state.ledger.rejectedPoints).toBe(2);
});

test('an exponential histogram for a series of another kind does not make that series seem seen', () => {
  const { state, producer } = setUp();
  producer.data(0, { known: 4, indexes: [], values: [], exponentials: [[1, size]] });
  expect([state.store.seen[1], state.ledger.rejectedPoints]).toEqual([0, 1]);
});

test('an exponential histogram is copied: the arrays of a record are its own', () => {
  const { state, producer } = setUp();
  const counts = [1, 1];
  producer.data(0, { known: 4, indexes: [], values: [], exponentials: [[3, { ...size, counts }]] });
  counts[0] = 99;
  expect(state.store.exponentials.get(3)?.counts).toEqual([1, 1]);
});

test('rows bring their own dictionary, are unverified without a sequence and leave the columns of their producer alone', () => {
  const { state, producer } = setUp();
  const dictionary = sampleSlice([{ name: 'up' }], [[0, []]]);
  const rows = { encoding: 'rows', sequence: null, incarnation: null, dictionary } as const;
  producer.send(0, { ...rows, data: sampleColumns({ known: 1, values: [1] }) });
  producer.data(0, { known: 4, indexes: [1], values: [30] });
  expect([sampleValues(state, 'up'), sampleValues(state, 'connections')]).toEqual([[1], [30]]);
  expect(state.ledger).toMatchObject({ applied: 3, unverified: 1 });
});
