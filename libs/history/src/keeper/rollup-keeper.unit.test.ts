import { encodeSnapshot, restoreSnapshot } from '@omninode/aggregation';
import type { DecodedRecord, OperationRollup, RollupRecord } from '@omninode/contracts';
import { readRecord, rollupRecord } from '@omninode/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allRollups,
  keeperOptions,
  newPartition,
  record,
  sketchOfSeconds,
  take,
  tenMs,
  watched,
  type Instance,
  type Partition,
} from '../testing/sample-service.js';
import { hourMs, hourOf } from './hours.js';
import { wireOf } from './rollup-of.js';
import { RollupKeeper } from './rollup-keeper.js';

/** Two instances of a service over two hours: each pass brings some requests of whole seconds. */
const passes = fc.array(
  fc.record({
    instance: fc.constantFrom(0, 1),
    seconds: fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 4 }),
    restarts: fc.boolean(),
    events: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 25 },
);
type Passes = typeof passes extends fc.Arbitrary<infer P> ? P : never;

test('what is told of each hour is what happened in it, over restarts of the service', () => {
  fc.assert(
    fc.property(passes, (given) => {
      const partition = newPartition();
      const { records, expected } = storyOf(given);
      for (const each of records) take(partition, each);
      expect(operationsOf(partition)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('duplicates and another order of records change nothing', () => {
  fc.assert(
    fc.property(passes, fc.infiniteStream(fc.nat()), (given, chance) => {
      const inOrder = newPartition();
      const shuffled = newPartition();
      const { records } = storyOf(given.map((pass) => ({ ...pass, restarts: false })));
      for (const each of records) take(inOrder, each);
      const order = [...records, ...records.slice(0, 3)].map((each) => [chance.next().value as number, each] as const);
      for (const [, each] of order.sort(([a], [b]) => a - b)) take(shuffled, each);
      expect(allRollups(shuffled)).toEqual(allRollups(inOrder));
    }),
    { numRuns: 300 },
  );
});

test('a restart at any record, from any snapshot before, gives the same rollups', async () => {
  await fc.assert(
    fc.asyncProperty(passes, fc.nat(24), fc.nat(5), async (given, snapshotAfter, replayedTwice) => {
      // They began the day before, so that where each was first seen matters.
      const { records } = storyOf(given, tenMs - 24 * hourMs);
      const undisturbed = newPartition();
      for (const each of records) take(undisturbed, each);

      let partition = newPartition();
      const at = Math.min(snapshotAfter, records.length);
      for (const each of records.slice(0, at)) take(partition, each);
      const saved = await saveOf(partition);
      // These came, and are lost with the process.
      for (const each of records.slice(at, at + replayedTwice)) take(partition, each);
      partition = restored(saved);
      for (const [nth, each] of records.slice(at).entries()) take(partition, each, at + nth);
      expect(allRollups(partition)).toEqual(allRollups(undisturbed));
    }),
    { numRuns: 100 },
  );
});

test('every rollup is one that the contract accepts', () => {
  fc.assert(
    fc.property(passes, (given) => {
      const partition = newPartition();
      for (const each of storyOf(given).records) take(partition, each);
      for (const rollup of allRollups(partition)) {
        expect(readRecord(rollupRecord, Buffer.from(JSON.stringify(rollup)))).toMatchObject({
          ok: true,
          record: rollup,
        });
      }
    }),
    { numRuns: 50 },
  );
});

test('an hour that goes on is written when it changed, a minute after the time before; it is closed once', () => {
  const partition = newPartition();
  const one = { name: 'a', startMs: tenMs };
  take(partition, record({ ...one, sequence: 1 }, { atMs: tenMs + 1_000, requests: 1, durations: [], lag: 1 }));
  expect(write(partition, tenMs + 2_000)).toEqual([false, false]);
  expect(write(partition, tenMs + 90_000)).toEqual([]);
  take(partition, record({ ...one, sequence: 2 }, { atMs: tenMs + 91_000, requests: 2, durations: [], lag: 1 }));
  expect(write(partition, tenMs + 92_000)).toEqual([false, false]);
  take(partition, record({ ...one, sequence: 3 }, { atMs: tenMs + 93_000, requests: 3, durations: [], lag: 1 }));
  expect(write(partition, tenMs + 94_000)).toEqual([]);
  const endedMs = tenMs + hourMs + keeperOptions.graceMs;
  expect(write(partition, endedMs - 1)).toEqual([false, false]);
  expect([...partition.keeper.due(endedMs, false)]).toEqual([]);
  expect(write(partition, endedMs)).toEqual([true, true]);
  expect(write(partition, endedMs + hourMs)).toEqual([]);
});

test('what comes late rewrites its hour, and the hour after it loses what it had too much', () => {
  const partition = newPartition();
  const one = { name: 'a', startMs: tenMs };
  const at = (sequence: number, atMs: number, requests: number) =>
    record({ ...one, sequence }, { atMs, requests, durations: [], lag: 1 });
  take(partition, at(1, tenMs + 1_000, 1));
  take(partition, at(3, tenMs + hourMs + 1_000, 10));
  write(partition, tenMs + 2 * hourMs + keeperOptions.graceMs);
  expect(requestsByHour(partition)).toEqual([1, 9]);
  take(partition, at(2, tenMs + hourMs - 1_000, 7));
  expect(requestsByHour(partition)).toEqual([7, 3]);
  expect(write(partition, tenMs + 2 * hourMs + keeperOptions.graceMs)).toEqual([true, true, true]);
  take(partition, at(4, tenMs + 4 * hourMs, 20));
  take(partition, at(5, tenMs + hourMs - 500, 8));
  expect(partition.keeper.latePoints).toBe(2);
  expect(requestsByHour(partition)).toEqual([7, 3, 10]);
});

test('a clock that jumps an hour ahead and comes back loses no hour and closes none for good', () => {
  const partition = newPartition();
  const one = { name: 'a', startMs: tenMs };
  const at = (sequence: number, atMs: number, requests: number) =>
    record({ ...one, sequence }, { atMs, requests, durations: [], lag: 1 });
  take(partition, at(1, tenMs + 600_000, 5));
  take(partition, at(2, tenMs + 600_000 + hourMs, 6));
  write(partition, tenMs + 600_000 + hourMs);
  take(partition, at(3, tenMs + 660_000, 7));
  write(partition, tenMs + 660_000);
  take(partition, at(4, tenMs + hourMs + 660_000, 10));
  expect(requestsByHour(partition)).toEqual([7, 3]);
  expect(write(partition, tenMs + 2 * hourMs + keeperOptions.graceMs).every(Boolean)).toBe(true);
});

test('a source that was counting before it was first seen is counted from then on, and the rollup says so', () => {
  const partition = newPartition();
  const old = { name: 'a', startMs: tenMs - 24 * hourMs };
  take(partition, record({ ...old, sequence: 1 }, { atMs: tenMs + 1_000, requests: 1_000, durations: [1], lag: 1 }));
  take(partition, record({ ...old, sequence: 2 }, { atMs: tenMs + 2_000, requests: 1_003, durations: [1, 2], lag: 1 }));
  expect(operation(partition)).toMatchObject({ requests: { success: 3 }, partial: true });
  expect(operation(partition)?.durations.success).toEqual(wireOf(sketchOfSeconds([2])));
});

test('operations beyond the cap are added up as other, counted, and keep no more than their counts', () => {
  const partition = newPartition({ operations: 3 });
  for (let nth = 0; nth < 10; nth++) {
    const of = record(
      { name: 'a', startMs: tenMs + nth, sequence: 1 },
      { atMs: tenMs + 1_000, requests: 2, durations: [1], lag: 1 },
      `op-${nth}`,
    );
    take(partition, { ...of, producer: `checkout/${nth}` });
  }
  const operations = allRollups(partition).filter(({ k }) => k === 'operation') as OperationRollup[];
  expect(operations.map((each) => each.operation).sort()).toEqual(['op-0', 'op-1', 'op-2', 'other']);
  expect(operations.find((each) => each.operation === 'other')).toMatchObject({
    requests: { success: 14 },
    folded: 14,
  });
});

test('what nobody speaks of any more is forgotten; what comes back is found anew', () => {
  const partition = newPartition();
  const one = { name: 'a', startMs: tenMs };
  take(partition, record({ ...one, sequence: 1 }, { atMs: tenMs + 1_000, requests: 5, durations: [], lag: 1 }));
  const dayLaterMs = tenMs + 26 * hourMs;
  partition.nowMs = dayLaterMs;
  take(
    partition,
    record(
      { name: 'b', startMs: dayLaterMs, sequence: 1 },
      { atMs: dayLaterMs, requests: 1, durations: [], lag: 1 },
      'other-op',
    ),
  );
  write(partition, dayLaterMs + 2 * hourMs);
  partition.keeper.forget();
  expect([...partition.keeper.subjects.byKey.keys()].filter((key) => key.includes('"pay"'))).toEqual([]);
  take(partition, record({ ...one, sequence: 2 }, { atMs: dayLaterMs + 1_000, requests: 9, durations: [], lag: 1 }));
  take(partition, record({ ...one, sequence: 3 }, { atMs: dayLaterMs + 2_000, requests: 11, durations: [], lag: 1 }));
  expect(operation(partition)).toMatchObject({ requests: { success: 2 } });
});

test('a form of another version is passed over, and that is said', () => {
  expect(new RollupKeeper(keeperOptions).restore(undefined)).toBe(true);
  expect(new RollupKeeper(keeperOptions).restore({ version: 99 })).toBe(false);
  expect(new RollupKeeper(keeperOptions).restore('x')).toBe(false);
});

/** The records of a story, and what its operation must come to, by hour. */
function storyOf(given: Passes, startMs = tenMs): { readonly records: DecodedRecord[]; readonly expected: unknown[] } {
  const instances: { instance: Instance; requests: number; durations: number[] }[] = [0, 1].map((nth) => {
    return { instance: { name: `i${nth}`, startMs: startMs + nth, sequence: 0 }, requests: 0, durations: [] };
  });
  const hours = new Map<number, { requests: number; seconds: number[]; exemplars: number[] }>();
  const records = given.map(({ instance: nth, seconds, restarts, events }, pass) => {
    const of = instances[nth]!;
    // 25 of them take two hours.
    const atMs = tenMs + 1_000 + pass * 288_000;
    if (restarts) {
      of.instance = { ...of.instance, startMs: atMs - 500, sequence: 0 };
      of.requests = 0;
      of.durations = [];
    }
    of.instance = { ...of.instance, sequence: of.instance.sequence + 1 };
    of.requests += seconds.length;
    of.durations.push(...seconds);
    const hour = hours.get(hourOf(atMs)) ?? { requests: 0, seconds: [], exemplars: [] };
    hours.set(hourOf(atMs), hour);
    hour.requests += seconds.length;
    hour.seconds.push(...seconds);
    hour.exemplars.push(...events);
    return record(of.instance, {
      atMs,
      requests: of.requests,
      durations: of.durations,
      lag: pass,
      events: events.map((duration, at) => slowEvent(atMs - at, duration)),
    });
  });
  const expected = [...hours].map(([hour, { requests, seconds, exemplars }]) => ({
    hour,
    requests,
    sum: seconds.reduce((sum, one) => sum + one, 0),
    count: seconds.length,
    exemplars: exemplars.sort((a, b) => b - a).slice(0, 3),
  }));
  return { records, expected };
}

function slowEvent(timeMs: number, duration: number) {
  const attributes = {
    component: 'api',
    operation: 'pay',
    status: 'success',
    duration_seconds: duration,
    trace_id: `${timeMs}`,
  };
  return { name: 'omninode.slow_operation', timeMs, attributes };
}

function operationsOf(partition: Partition): unknown[] {
  const operations = allRollups(partition).filter(({ k }) => k === 'operation') as OperationRollup[];
  return operations
    .sort((a, b) => a.hour - b.hour)
    .map(({ hour, requests, durations: { success: [, zeros, sum, , counts] = [4, 0, 0, 0, []] }, exemplars }) => ({
      hour,
      requests: requests.success,
      sum,
      count: counts.reduce((all, one) => all + one, zeros),
      exemplars: exemplars.map(({ seconds }) => seconds),
    }));
}

function operation(partition: Partition): OperationRollup | undefined {
  return allRollups(partition).findLast((rollup): rollup is OperationRollup => rollup.k === 'operation');
}

function requestsByHour(partition: Partition): (number | undefined)[] {
  const operations = allRollups(partition).filter(
    (each: RollupRecord): each is OperationRollup => each.k === 'operation',
  );
  return operations.sort((a, b) => a.hour - b.hour).map(({ requests }) => requests.success);
}

/** Writes what is due, and says of each record whether it was closed. */
function write({ keeper }: Partition, nowMs: number): boolean[] {
  return [...keeper.due(nowMs, true)].map(({ record: { closed }, written }) => {
    written(nowMs);
    return closed;
  });
}

async function saveOf({ state, keeper }: Partition): Promise<Buffer> {
  state.beside = { rollups: JSON.parse(JSON.stringify(keeper.form())) as unknown };
  return encodeSnapshot(state, async () => undefined);
}

function restored(saved: Buffer): Partition {
  const state = restoreSnapshot(saved, { series: 100_000, seriesPerEntity: 100_000 });
  const keeper = new RollupKeeper(keeperOptions);
  expect(keeper.restore(state.beside.rollups)).toBe(true);
  return watched(state, keeper);
}
