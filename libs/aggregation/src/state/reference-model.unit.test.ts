import type { DecodedRecord } from '@omninode/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSnapshot, restoreSnapshot } from '../snapshot/snapshot.js';
import { PartitionState } from './partition-state.js';
import { missingOf } from './producer-state.js';
import { SampleProducer, sampleColumns, sampleSlice, sampleStartMs, sampleValues } from './sample-records.js';

const limits = { series: 1_000, seriesPerEntity: 1_000 };
const nowMs = sampleStartMs + 100_000;
const slice = sampleSlice(
  [
    { name: 'requests_total', kind: 'counter', labelNames: ['target'] },
    { name: 'sessions', labelNames: ['target'] },
    { name: 'latency_seconds', kind: 'histogram', labelNames: ['target'], bounds: [1] },
  ],
  [
    [0, ['a']],
    [1, ['a']],
    [2, ['a']],
  ],
);
const names = ['requests_total', 'sessions', 'latency_seconds'] as const;
const widths = [1, 1, 3] as const;

/** Who sends: two incarnations of one producer, and another one of the same entity that writes the same series. */
const identities = [
  { producer: 'database/a', entity: 'a', incarnation: 1 },
  { producer: 'database/a', entity: 'a', incarnation: 2 },
  { producer: 'other/a', entity: 'a', incarnation: 1 },
];

interface Pass {
  readonly by: number;
  readonly timeMs: number;
  readonly indexes: readonly number[];
  readonly offsetsMs: readonly number[] | null;
  readonly values: readonly number[];
}

const passes = fc
  .record({
    by: fc.nat(2),
    timeMs: fc.integer({ min: 1, max: 60 }),
    indexes: fc.shuffledSubarray([0, 1, 2], { minLength: 1 }),
    hasOffsets: fc.boolean(),
    offsetsMs: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -20, max: 20 }))),
    values: fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }),
  })
  .map(({ hasOffsets, ...pass }): Pass => {
    const { indexes } = pass;
    const slots = indexes.reduce((sum, index) => sum + widths[index]!, 0);
    return {
      ...pass,
      offsetsMs: hasOffsets ? pass.offsetsMs.slice(0, indexes.length) : null,
      values: pass.values.slice(0, slots),
    };
  });

test('reordered, repeated, lost and interrupted by restarts, it holds what a plain model of the contract holds', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(passes, { minLength: 1, maxLength: 30 }),
      fc.infiniteStream(fc.nat(99)),
      async (sent, chance) => {
        const { order, written } = deliveryOf(sent, chance);
        const model = new Model();
        let state = new PartitionState(limits);
        for (const record of order) {
          model.take(record);
          state.take({ ok: true, record }, { offset: state.nextOffset }, nowMs);
          if (chance.next().value! < 10) state = restoreSnapshot(await encodeSnapshot(state, noPause), limits);
        }
        expect(names.map((name) => sampleValues(state, name, { target: 'a' }))).toEqual(
          names.map((_, index) => model.values(index)),
        );
        expect(state.ledger).toMatchObject(model.counts);
        expect(missingByProducer(state)).toEqual(model.missing(written));
      },
    ),
    { numRuns: 2_000 },
  ));

/** The records in the order in which they come: some are overtaken, some come twice, some never. Dictionaries come first. */
function deliveryOf(
  sent: readonly Pass[],
  chance: fc.Stream<number>,
): { order: DecodedRecord[]; written: DecodedRecord[] } {
  const producers = identities.map((identity) => new SampleProducer(new PartitionState(limits), identity));
  const named = new Set<number>();
  const order: DecodedRecord[] = [];
  const written: DecodedRecord[] = [];
  for (const { by, timeMs, indexes, offsetsMs, values } of sent) {
    if (!named.has(by)) {
      named.add(by);
      order.push(producers[by]!.record(timeMs, { dictionary: slice }));
    }
    const data = sampleColumns({ known: 3, indexes, values, timeOffsetsMs: offsetsMs });
    const record = producers[by]!.record(timeMs, { data });
    written.push(record);
    const fate = chance.next().value!;
    if (fate < 15) continue;
    const last = order.at(-1);
    if (fate < 40 && last?.data) order.splice(-1, 0, record);
    else order.push(record);
    if (fate > 80) order.push(order[Math.floor((fate / 100) * order.length)]!);
  }
  return { order, written };
}

function missingByProducer(state: PartitionState): Record<string, number> {
  return Object.fromEntries(
    [...state.producers].map((each) => [`${each.producer} ${each.incarnation}`, missingOf(each)]),
  );
}

/** What CONTRACT.md says, written as plainly as possible: maps, texts and one point after the other. */
class Model {
  readonly counts = { received: 0, applied: 0, duplicate: 0, fenced: 0, latePoints: 0, fencedPoints: 0, resets: 0 };
  private readonly latest: ({ timeMs: number; values: readonly number[] } | undefined)[] = [];
  private readonly seen = new Set<string>();
  private readonly firstTimes = new Map<string, number>();

  take(record: DecodedRecord): void {
    const { producer, incarnation, sequence, timeMs, data, dictionary } = record;
    this.counts.received++;
    const id = `${producer} ${incarnation} ${sequence}`;
    if (this.seen.has(id)) {
      this.counts.duplicate++;
      return;
    }
    this.seen.add(id);
    const key = `${producer} ${incarnation}`;
    this.firstTimes.set(key, Math.min(this.firstTimes.get(key) ?? Infinity, timeMs));
    const fenceMs = incarnation === 1 ? (this.firstTimes.get(`${producer} 2`) ?? Infinity) : Infinity;
    if (dictionary && incarnation === 2 && this.firstTimes.has(`${producer} 1`)) this.takeOver(timeMs);
    if (!data) {
      this.counts.applied++;
      return;
    }
    const points = data.indexes!.map((index, nth) => ({
      index,
      timeMs: timeMs + (data.timeOffsetsMs?.[nth] ?? 0),
      values: slotsAt(data.indexes!, nth, data.values),
    }));
    if (timeMs >= fenceMs && points.every((point) => point.timeMs >= fenceMs)) {
      this.counts.fenced++;
      return;
    }
    this.counts.applied++;
    for (const { index, ...point } of points) {
      const last = this.latest[index];
      if (point.timeMs >= fenceMs) this.counts.fencedPoints++;
      else if (last && point.timeMs < last.timeMs) this.counts.latePoints++;
      else {
        if (last && index !== 1 && counts(point.values).some((count, at) => count < counts(last.values)[at]!))
          this.counts.resets++;
        this.latest[index] = point;
      }
    }
  }

  values(index: number): readonly number[] {
    return this.latest[index]?.values ?? Array.from({ length: widths[index]! }, () => 0);
  }

  /** Between the sequences that came, by producer: the dictionary has the first. */
  missing(written: readonly DecodedRecord[]): Record<string, number> {
    const missing: Record<string, number> = {};
    for (const key of this.firstTimes.keys()) {
      const cameAt = [...this.seen].filter((id) => id.startsWith(`${key} `)).map((id) => Number(id.split(' ')[2]));
      const before = written.filter(({ sequence }) => sequence! < Math.max(...cameAt));
      missing[key] = before.filter(
        ({ producer, incarnation, sequence }) =>
          `${producer} ${incarnation}` === key && !this.seen.has(`${key} ${sequence}`),
      ).length;
    }
    return missing;
  }

  /** What the older incarnation wrote from here on does not make the newer one's points late. */
  private takeOver(fromMs: number): void {
    for (const [index, point] of this.latest.entries()) {
      if (point) this.latest[index] = { ...point, timeMs: Math.min(point.timeMs, fromMs - 1) };
    }
  }
}

function slotsAt(indexes: readonly number[], nth: number, values: readonly number[]): readonly number[] {
  const from = indexes.slice(0, nth).reduce((sum, index) => sum + widths[index]!, 0);
  return values.slice(from, from + widths[indexes[nth]!]!);
}

/** All but the sum of a histogram. */
function counts(values: readonly number[]): readonly number[] {
  return values.length === 1 ? values : values.slice(0, -1);
}

async function noPause(): Promise<void> {}
