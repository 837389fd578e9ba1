import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { PartitionState } from '../state/partition-state.js';
import { overdueOf } from '../state/producer-state.js';
import { SampleProducer, sampleColumns, sampleSlice, sampleStartMs } from '../state/sample-records.js';
import { encodeSnapshot, restoreSnapshot } from './snapshot.js';

const limits = { series: 200_000, seriesPerEntity: 200_000 };

test('a state comes back as it was, down to the next byte of its snapshot', async () => {
  const state = fullState();
  const value = await encodeSnapshot(state, noPause);
  const again = restoreSnapshot(value, limits);
  expect(textOf(await encodeSnapshot(again, noPause))).toEqual(textOf(value));
  expect(again.ledger).toEqual(state.ledger);
  expect(again.events.recent()).toEqual(state.events.recent());
});

test('what is restored goes on: duplicates are known, dictionaries too, dead letters may come again', async () => {
  const state = fullState();
  const [older, parked] = [state, state].map((each) => new SampleProducer(each, { incarnation: 1 }));
  const restored = restoreSnapshot(await encodeSnapshot(state, noPause), limits);
  older!.state = restored;
  older!.sequence = 1;
  older!.data(2, { known: 3, values: [1, 1, 1, 1, 1] });
  expect(restored.ledger.duplicate).toBe(state.ledger.duplicate + 1);
  parked!.state = restored;
  parked!.sequence = 3;
  parked!.define(9, sampleSlice([{ name: 'again' }], [[0, []]], 3));
  expect(restored.ledger.applied).toBe(state.ledger.applied + 1);
});

test('how long a sequence has been awaited is not forgotten by a restart', async () => {
  const state = new PartitionState(limits);
  const producer = new SampleProducer(state);
  producer.sequence = 5;
  producer.send(0, {});
  const [known] = restoreSnapshot(await encodeSnapshot(state, noPause), limits).producers;
  expect(overdueOf(known!, sampleStartMs + 60_001)).toBe(5);
});

test('refused series stay refused until there is room', async () => {
  const narrow = { series: 2, seriesPerEntity: 2 };
  const state = new PartitionState(narrow);
  const producer = new SampleProducer(state);
  const dictionary = sampleSlice(
    [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    [
      [0, []],
      [1, []],
      [2, []],
    ],
  );
  producer.define(0, dictionary);
  producer.state = restoreSnapshot(await encodeSnapshot(state, noPause), limits);
  producer.data(1, { known: 3, values: [1, 2, 3] });
  expect(producer.state.ledger.refusedPoints).toBe(1);
  producer.define(2, dictionary);
  producer.data(3, { known: 3, values: [1, 2, 3] });
  expect([producer.state.store.size, producer.state.ledger.refusedPoints]).toEqual([3, 1]);
});

describe('is refused with a code, so that the topic is read instead', () => {
  test.each([
    ['no gzip', () => Buffer.from('no gzip')],
    ['cut', (value: Buffer) => value.subarray(0, value.length - 20)],
    ['of another version', (value: Buffer) => changed(value, { version: 1 })],
    ['without a part', (value: Buffer) => changed(value, { producers: undefined })],
    ['with columns of different lengths', (value: Buffer) => changed(value, { times: [1] })],
    ['with too few values', (value: Buffer) => changed(value, { values: [1] })],
    ['no object', () => gzipSync('[]')],
    ['null', () => gzipSync('null')],
  ])('%s', async (_case, spoil) => {
    const value = await encodeSnapshot(fullState(), noPause);
    expect(() => restoreSnapshot(spoil(value), limits)).toThrow(
      expect.objectContaining({ code: 'SNAPSHOT_UNUSABLE' }) as Error,
    );
  });
});

test('one that the bus would refuse is refused here, with what to do', async () => {
  const state = new PartitionState(limits);
  const producer = new SampleProducer(state);
  const texts = Array.from({ length: 20_000 }, (_, nth) => randomText(nth));
  producer.define(
    0,
    sampleSlice(
      [{ name: 'x', labelNames: ['text'] }],
      texts.map((text) => [0, [text]] as const),
    ),
  );
  await expect(encodeSnapshot(state, noPause)).rejects.toMatchObject({
    code: 'SNAPSHOT_TOO_LARGE',
    message: expect.stringContaining('lower the limit of series') as string,
  });
});

test('100 000 series fit a record three times over', async () => {
  const state = new PartitionState(limits);
  const producer = new SampleProducer(state);
  const metrics = Array.from({ length: 50 }, (_, nth) => ({
    name: `omninode_x_${nth}`,
    labelNames: ['target', 'table'],
  }));
  const series = Array.from({ length: 100_000 }, (_, nth) => [nth % 50, [`db-${nth % 200}`, `table_${nth}`]] as const);
  producer.define(0, sampleSlice(metrics, series));
  producer.data(1, { known: 100_000, values: series.map((_, nth) => Math.sin(nth) * 1000) });
  expect((await encodeSnapshot(state, noPause)).length).toBeLessThan((8 * 1024 * 1024) / 3);
});

/** A bit of everything that a state holds. */
function fullState(): PartitionState {
  const state = new PartitionState(limits);
  state.beganLateAtMs = 7;
  const older = new SampleProducer(state, { incarnation: 1 });
  const newer = new SampleProducer(state, { incarnation: 2 });
  const slice = sampleSlice(
    [
      { name: 'queries_total', kind: 'counter', labelNames: ['db'] },
      { name: 'size_bytes', kind: 'exponential' },
      { name: 'latency_seconds', kind: 'histogram', bounds: [0.1, 1] },
    ],
    [
      [0, ['a\n"b"\\']],
      [1, []],
      [2, []],
    ],
  );
  older.define(0, slice);
  older.data(1, { known: 3, values: [10, 1, 2, 3, 4.5], starts: [[0, sampleStartMs - 1000]] });
  older.data(2, { known: 3, values: [3, 1, 2, 3, 4.5] });
  older.define(3, { ...slice, from: 9 });
  newer.define(5, slice);
  newer.sequence += 2;
  const value = { scale: 3, zeroCount: 1, sum: 2.5, offset: -4, counts: [0, 1, 2] };
  newer.data(6, { known: 3, indexes: [], values: [], exponentials: [[1, value]] });
  newer.send(7, { events: [{ name: 'collector.status', timeMs: sampleStartMs + 7, attributes: { family: 'f' } }] });
  newer.send(8, { close: { dropped: 1 } });
  const rows = { encoding: 'rows', sequence: null, incarnation: null } as const;
  newer.send(9, {
    ...rows,
    dictionary: sampleSlice([{ name: 'up' }], [[0, []]]),
    data: sampleColumns({ known: 1, values: [1] }),
  });
  return state;
}

function changed(value: Buffer, by: object): Buffer {
  return gzipSync(JSON.stringify({ ...(JSON.parse(textOf(value)) as object), ...by }));
}

function textOf(value: Buffer): string {
  return gunzipSync(value).toString();
}

/** Text that does not get smaller, the same in every run. */
function randomText(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 600 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(33 + ((state >>> 8) % 1_500));
  }).join('');
}

async function noPause(): Promise<void> {}
