import type { DecodedRecord, MetricDefinition } from '@omninode/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSnapshot, restoreSnapshot } from '../snapshot/snapshot.js';
import { PartitionState } from './partition-state.js';
import { missingOf } from './producer-state.js';

const limits = { series: 1_000, seriesPerEntity: 1_000 };
const nowMs = 1_790_000_000_000;
const total: MetricDefinition = {
  name: 'omninode_x_total',
  kind: 'counter',
  unit: 'events',
  help: 'X.',
  labelNames: ['target', 'kind'],
  bounds: [],
};

/** A record as the model makes it: which values of which of four series, by whom and when. */
interface Sent {
  readonly incarnation: number;
  readonly sequence: number;
  readonly timeMs: number;
  readonly values: readonly number[];
}

test('whatever comes twice, late or in another order: each series has the newest value, and the ledger closes', () => {
  return fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 9 })), { maxLength: 60 }),
      fc.nat(59),
      async (picks, cut) => {
        const sent = story();
        let state = new PartitionState(limits);
        let offset = 0;
        const delivered = new Set<number>();
        // The story in order, with some records again at random places.
        const order = [...sent.keys()].flatMap((at) => [
          at,
          ...picks.filter(([pick]) => pick === at).map(([pick, back]) => Math.max(0, pick - back)),
        ]);
        for (const [nth, at] of order.entries()) {
          state.take({ ok: true, record: record(sent[at]!) }, { offset: offset++ }, nowMs);
          delivered.add(at);
          if (nth === cut) state = restoreSnapshot(await encodeSnapshot(state, async () => undefined), limits);
        }
        expect(valuesOf(state)).toEqual(modelOf(sent));
        const { received, applied, duplicate, fenced, deadLettered, skipped } = state.ledger;
        expect(received).toBe(order.length);
        expect(received).toBe(applied + duplicate + fenced + deadLettered + skipped);
        expect(duplicate).toBe(order.length - delivered.size);
        expect([...state.producers].map(missingOf)).toEqual([0, 0]);
      },
    ),
    { numRuns: 200 },
  );
});

test('a sequence that never came is missing, until it comes', () => {
  const state = new PartitionState(limits);
  const [first, second, third] = story();
  take(state, first!, third!);
  expect([...state.producers].map(missingOf)).toEqual([1]);
  take(state, second!);
  expect([...state.producers].map(missingOf)).toEqual([0]);
});

test('records that the producer says it dropped are not missing', () => {
  const state = new PartitionState(limits);
  const [first, , third] = story();
  take(state, first!);
  state.take({ ok: true, record: { ...record(third!), data: null, close: { dropped: 1 } } }, { offset: 9 }, nowMs);
  expect([...state.producers].map(missingOf)).toEqual([0]);
});

test('an older owner is fenced from the first time stamp of the newer one on', () => {
  const state = new PartitionState(limits);
  const old = { incarnation: 1, sequence: 1, timeMs: nowMs, values: [5, 5, 5, 5] };
  const newer = { incarnation: 2, sequence: 1, timeMs: nowMs + 10, values: [6, 6, 6, 6] };
  const zombie = { ...old, sequence: 2, timeMs: nowMs + 20, values: [99, 99, 99, 99] };
  const late = { ...old, sequence: 3, timeMs: nowMs + 9, values: [7, 7, 7, 7] };
  take(state, old, newer, zombie, late);
  expect(state.ledger).toMatchObject({ applied: 3, fenced: 1, latePoints: 4 });
  expect(valuesOf(state)).toEqual(newer.values);
});

test('data whose dictionary was never seen is dead-lettered, not guessed', () => {
  const state = new PartitionState(limits);
  const refused = state.take({ ok: true, record: { ...record(story()[0]!), dictionary: null } }, { offset: 0 }, nowMs);
  expect(refused?.code).toBe('unknown_dictionary');
  expect(state.ledger).toMatchObject({ received: 1, applied: 0, deadLettered: 1 });
});

test('a counter that falls began anew', () => {
  const state = new PartitionState(limits);
  take(
    state,
    { incarnation: 1, sequence: 1, timeMs: nowMs, values: [5, 5, 5, 5] },
    { incarnation: 1, sequence: 2, timeMs: nowMs + 1, values: [1, 6, 6, 6] },
  );
  expect(state.ledger.resets).toBe(1);
  expect(state.store.starts[0]).toBe(nowMs + 1);
});

test('what claims to be from the future is refused with the reason', () => {
  const state = new PartitionState(limits);
  const refused = state.take(
    { ok: true, record: record({ incarnation: 1, sequence: 1, timeMs: nowMs + 3_600_000, values: [1, 1, 1, 1] }) },
    { offset: 0 },
    nowMs,
  );
  expect(refused).toEqual({ code: 'invalid_time', detail: 't is 3600 s in the future: check the clock of database/a' });
});

test('series beyond the limits are refused and counted, the others stand', () => {
  const state = new PartitionState({ series: 2, seriesPerEntity: 2 });
  take(state, { incarnation: 1, sequence: 1, timeMs: nowMs, values: [1, 2, 3, 4] });
  expect(state.ledger.refusedPoints).toBe(2);
  expect([state.store.values[0], state.store.values[1]]).toEqual([1, 2]);
});

/** Two incarnations of one producer, twenty records each, the second after the first. */
function story(): Sent[] {
  return [1, 2].flatMap((incarnation) =>
    Array.from({ length: 20 }, (_, nth) => ({
      incarnation,
      sequence: nth + 1,
      timeMs: nowMs - 100_000 + incarnation * 1_000 + nth,
      values: [0, 1, 2, 3].map((series) => incarnation * 1_000 + nth * 10 + series),
    })),
  );
}

function modelOf(sent: readonly Sent[]): readonly number[] {
  return sent.toSorted((a, b) => a.timeMs - b.timeMs).at(-1)!.values;
}

function valuesOf({ store }: PartitionState): number[] {
  return [0, 1, 2, 3].map((series) => store.values[store.slots[series]!]!);
}

function take(state: PartitionState, ...sent: readonly Sent[]): void {
  for (const each of sent) state.take({ ok: true, record: record(each) }, { offset: state.nextOffset }, nowMs);
}

function record({ incarnation, sequence, timeMs, values }: Sent): DecodedRecord {
  return {
    producer: 'database/a',
    entity: 'a',
    incarnation,
    sequence,
    timeMs,
    dictionary: { from: 0, metrics: [total], series: values.map((_, nth) => [0, ['a', `k${nth}`]] as const) },
    data: { known: values.length, indexes: null, values, timeOffsetsMs: null, starts: [], exponentials: [] },
    events: [],
    close: null,
    encoding: 'columns',
    rejected: [],
  };
}
