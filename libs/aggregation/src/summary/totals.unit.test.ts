import { describe, expect, test } from 'vitest';
import { PartitionState } from '../state/partition-state.js';
import { SampleProducer, sampleSlice, sampleStartMs } from '../state/sample-records.js';
import { durationQuantile } from './durations.js';
import { recentTotals } from './recent-totals.js';
import { summarize } from './summarize.js';
import type { PartitionSummary } from './summary.js';
import { requestsOf } from './totals.js';

const labelNames = ['component', 'operation', 'status', 'service_name'];
const requests = { name: 'omninode_requests_total', kind: 'counter', labelNames } as const;
const durations = { name: 'omninode_request_duration_seconds', kind: 'exponential', labelNames } as const;

describe('what a partition adds up to', () => {
  test('requests by component, over operations; what nobody tells is absent and not 0', () => {
    const { totals } = summaryOf([
      ['api', 'read', 'success', 90],
      ['api', 'write', 'success', 5],
      ['api', 'write', 'failure', 5],
      ['jobs', 'run', 'timeout', 1],
    ]);
    expect(totals).toEqual({
      components: [
        { service: 'shop', component: 'api', requests: { success: 95, failure: 5 } },
        { service: 'shop', component: 'jobs', requests: { timeout: 1 } },
      ],
    });
  });

  test('at most 30 components; the others are one, and nothing is lost', () => {
    const { totals } = summaryOf(Array.from({ length: 40 }, (_, nth) => [`c${nth}`, 'o', 'success', nth + 1] as const));
    expect(totals?.components).toHaveLength(31);
    expect(totals?.components.at(-1)).toMatchObject({ component: 'other', requests: { success: 55 } });
    expect(totals?.components.reduce((sum, each) => sum + requestsOf(each.requests), 0)).toBe(820);
  });

  test('what expired is not counted any more', () => {
    const { totals } = summaryOf([['api', 'read', 'success', 1]], { atMs: sampleStartMs + 300_001 });
    expect(totals?.components).toEqual([]);
  });

  test('durations of all scales add up; a quantile is at most a fifth off', () => {
    const state = new PartitionState({ series: 100, seriesPerEntity: 100 });
    const producer = new SampleProducer(state, { entity: 'shop', producer: 'shop/1' });
    const series = ['a', 'b', 'c'].map((operation) => [0, ['api', operation, 'success', 'shop']] as const);
    producer.define(0, sampleSlice([durations], series));
    const value = (scale: number, seconds: number, count: number) => ({
      scale,
      zeroCount: 0,
      sum: seconds * count,
      counts: [count],
      offset: Math.ceil(Math.log2(seconds) * 2 ** scale) - 1,
    });
    const exponentials = [
      [0, value(5, 0.01, 90)],
      [1, value(2, 0.1, 5)],
      [2, value(0, 2, 5)],
    ] as const;
    producer.data(0, { known: 3, indexes: [], values: [], exponentials });
    const sum = at(state).totals!.components[0]!.durations!;
    expect(sum).toMatchObject({ count: 100, sumSeconds: expect.closeTo(11.4) as number });
    for (const [share, seconds] of [
      [0.5, 0.01],
      [0.94, 0.1],
      [0.99, 2],
    ] as const) {
      expect(Math.abs(Math.log(durationQuantile(sum, share) / seconds))).toBeLessThan(Math.log(1.2));
    }
  });

  test('an open breaker with its criticality, and since when; a closed one is no news', () => {
    const state = new PartitionState({ series: 100, seriesPerEntity: 100 });
    const producer = new SampleProducer(state, { entity: 'shop', producer: 'shop/1' });
    const metric = { name: 'omninode_circuit_breaker_status', labelNames: ['component', 'criticality', 'state'] };
    const rows = [
      ['pay', 'low', 'open'],
      ['pay', 'low', 'closed'],
      ['mail', 'high', 'closed'],
    ].map((values) => [0, values] as const);
    producer.define(0, sampleSlice([metric], rows));
    producer.data(0, { known: 3, values: [1, 0, 1] });
    const attributes = { component: 'pay', criticality: 'low', from: 'closed', to: 'open', cause: 'threshold' };
    producer.send(1, { events: [{ name: 'circuit_breaker.transition', timeMs: sampleStartMs - 9, attributes }] });
    expect(at(state).breakers).toEqual([
      { entity: 'shop', component: 'pay', criticality: 'low', state: 'open', sinceMs: sampleStartMs - 9 },
    ]);
  });
});

describe('what came lately', () => {
  const readings = (...counts: (number | undefined)[]) =>
    counts.map((count) => [summaryOf(count === undefined ? [] : [['api', 'read', 'success', count]])]);

  test('is the increase between the readings', () => {
    expect(recentTotals(readings(100, 110, 130))).toEqual([
      { service: 'shop', component: 'api', requests: { success: 30 } },
    ]);
  });

  test('what fell began anew, and what is new may be old: neither is counted as lately', () => {
    expect(recentTotals(readings(100, 110, 3, 5))[0]?.requests).toEqual({ success: 12 });
    expect(recentTotals(readings(undefined, 1_000_000, 1_000_001))[0]?.requests).toEqual({ success: 1 });
  });

  test('one reading tells nothing', () => expect(recentTotals(readings(100))).toEqual([]));
});

type Row = readonly [component: string, operation: string, status: string, count: number];

function summaryOf(rows: readonly Row[], moment: { atMs?: number } = {}): PartitionSummary {
  const state = new PartitionState({ series: 100, seriesPerEntity: 100 });
  const producer = new SampleProducer(state, { entity: 'shop', producer: 'shop/1' });
  const series = rows.map(([component, operation, status]) => [0, [component, operation, status, 'shop']] as const);
  producer.define(0, sampleSlice([requests], series));
  producer.data(0, { known: rows.length, values: rows.map(([, , , count]) => count) });
  return at(state, moment);
}

function at(state: PartitionState, { atMs = sampleStartMs }: { atMs?: number } = {}): PartitionSummary {
  return summarize(state, { partition: 0, owner: 'test', endOffset: 1, atMs, expiryMs: 300_000 });
}
