import { meshHealth, type PartitionSummary } from '@omninode/aggregation';
import { describe, expect, test } from 'vitest';
import { SampleView, sampleNowMs } from '../testing/api-service.js';
import { dashboardDocument, type DashboardInput } from './dashboard-document.js';
import { RecentWindow } from './recent-window.js';

const durations = { count: 4, sumSeconds: 2, zeroCount: 0, offset: -4, counts: [3, 0, 0, 1] };
const api = { service: 'shop', component: 'api', requests: { success: 95, failure: 3, timeout: 1, cancelled: 1 } };

test('what nobody measures is null with its reason, and never 0', () => {
  const { system_health, resilience_metrics, absent } = dashboard({ windowMs: 60_000 });
  expect(system_health).toMatchObject({
    error_rate_percent: null,
    average_response_time_ms: null,
    active_connections: null,
  });
  expect(Object.values(resilience_metrics)).toEqual([null, null, null, null, null]);
  expect(absent['system_health.error_rate_percent']).toContain('No service told of a request in the latest 60 s');
  expect(absent['statistics.alerts_firing']).toContain('no alerting');
});

test('every figure that is null says why, and none that is known does', () => {
  for (const document of [dashboard(), dashboard({ summaries: [summaryOf([{ ...api, durations }])], alerts: [] })]) {
    const nulls = nullsIn(document).filter((path) => !/recent_alerts|last_updated/.test(path));
    expect(Object.keys(document.absent).sort()).toEqual(nulls.sort());
  }
});

test('a component over its operations: shares, mean, 95th percentile', () => {
  const { component_performance } = dashboard({ summaries: [summaryOf([{ ...api, durations }])] });
  expect(component_performance.api).toEqual({
    total_requests: 100,
    success_rate_percent: 95,
    average_duration_ms: 500,
    error_count: 4,
    p95_duration_ms: expect.closeTo(1e3 * 2 ** (-0.2 / 4), 5) as number,
  });
});

test('two services with one component stand apart; one in two partitions stands once', () => {
  const other = { ...api, service: 'billing' };
  const { component_performance } = dashboard({ summaries: [summaryOf([api, other]), summaryOf([api], 1)] });
  expect(Object.entries(component_performance).map(([name, each]) => [name, each.total_requests])).toEqual([
    ['shop/api', 200],
    ['billing/api', 100],
  ]);
});

test('a component may be called __proto__', () => {
  const { component_performance } = dashboard({ summaries: [summaryOf([{ ...api, component: '__proto__' }])] });
  expect(JSON.stringify(component_performance)).toContain('"__proto__":{"total_requests":100');
});

test('connections as the servers see them, else as the pools do: never both added', () => {
  const connections = (totals: object) =>
    dashboard({ summaries: [{ ...summaryOf([]), totals: { components: [], ...totals } }] }).system_health
      .active_connections;
  expect(connections({ serverConnections: 7, poolConnections: 5 })).toBe(7);
  expect(connections({ poolConnections: 5 })).toBe(5);
  expect(connections({ serverConnections: 0 })).toBe(0);
});

describe('the window of the rates', () => {
  const reading = (success: number, failure: number) => [summaryOf([{ ...api, requests: { success, failure } }])];

  test('an error rate is of the latest minutes, not of all time', () => {
    const window = new RecentWindow({ lengthMs: 300_000, everyMs: 15_000 });
    window.add(reading(1_000_000, 0), 0);
    const { recent, windowMs } = window.until(reading(1_000_090, 10), 60_000);
    const { system_health, statistics } = dashboard({ recent, windowMs });
    expect([system_health.error_rate_percent, statistics.window_seconds]).toEqual([10, 60]);
  });

  test('older readings are left behind', () => {
    const window = new RecentWindow({ lengthMs: 300_000, everyMs: 15_000 });
    for (let atMs = 0; atMs <= 600_000; atMs += 1_000) window.add(reading(atMs / 1_000, 0), atMs);
    const { recent, windowMs } = window.until(reading(600, 0), 600_000);
    expect([recent[0]?.requests.success, windowMs]).toEqual([300, 300_000]);
  });

  test('a process that has just begun says so', () => {
    const { recent, windowMs } = new RecentWindow({ lengthMs: 300_000, everyMs: 15_000 }).until(reading(9, 1), 0);
    expect(dashboard({ recent, windowMs }).absent['system_health.error_rate_percent']).toContain('just begun');
  });
});

function dashboard(given: Partial<DashboardInput> = {}) {
  const summaries = given.summaries ?? [];
  const limits = { targetStaleMs: 60_000, summaryStaleMs: 15_000, partitions: 1 };
  return dashboardDocument({
    health: meshHealth(summaries, sampleNowMs, limits),
    alerts: undefined,
    recent: [],
    windowMs: 0,
    fullWindowMs: 3e5,
    expiryMs: 3e5,
    uptimeMs: 5e3,
    limits,
    ...given,
    summaries,
  });
}

function summaryOf(components: NonNullable<PartitionSummary['totals']>['components'], partition = 0): PartitionSummary {
  return { ...new SampleView().summaries()[0]!, partition, totals: { components } };
}

function nullsIn(value: unknown, path = ''): string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => nullsIn(part, path ? `${path}.${key}` : key));
}
