import { PartitionState, summarize } from '@omninode/aggregation';
import type { OperationRollup } from '@omninode/contracts';
import { AlertIntervals, Baselines, RollupBook } from '@omninode/history';
import { startService, type StartedService } from '@omninode/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { apiConfig } from '../api.config.js';
import { MEASUREMENT_INTAKE } from '../intake/measurement-intake.js';
import { MeshApiModule } from '../mesh-api.module.js';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { historyArea, historyRoutes } from './history-area.js';
import { HISTORY_VIEW, type HistoryView } from './history-view.js';

const nowMs = Date.UTC(2026, 10, 24, 10, 30);
const hour = Date.UTC(2026, 10, 24, 10);
let service: StartedService;

beforeAll(async () => {
  const state = new PartitionState({ series: 10, seriesPerEntity: 10 });
  state.take({ ok: true, record: slowRequest }, { offset: 0 }, nowMs);
  const summary = summarize(state, { partition: 0, owner: 'test', endOffset: 1, atMs: nowMs, expiryMs: 60_000 });
  const mesh: MeshView = {
    states: () => [state],
    ownedPartitions: () => [{ partition: 0, state }],
    summaries: () => [summary, { ...summary, partition: 1, owner: 'another' }],
    limits: () => ({ targetStaleMs: 60_000, summaryStaleMs: 15_000, partitions: 2 }),
    expiryMs: 60_000,
    ownSamples: async () => [],
    nowMs: () => nowMs,
  };
  const history: HistoryView = {
    book: new RollupBook(),
    baselines: new Baselines({ series: 10, isAlerting: () => false }),
    alerts: new AlertIntervals(),
    isCaughtUp: () => true,
    timeZone: 'UTC',
  };
  for (const [operation, seconds] of [
    ['pay', 16],
    ['<b>look</b>', 2],
  ] as const) {
    history.book.take(rollup(operation, seconds));
    history.baselines.take({ ...rollup(operation, seconds), closed: true });
  }
  service = await startService(
    'mesh-api',
    () => [
      MeshApiModule.forRoot({
        config: apiConfig.parse({}),
        host: '127.0.0.1',
        view: { provide: MESH_VIEW, useValue: mesh },
        intake: { provide: MEASUREMENT_INTAKE, useValue: { accept: async () => undefined } },
        areas: [historyArea({ provide: HISTORY_VIEW, useValue: history })],
      }),
    ],
    { env: {}, argv: ['--http.port=0', '--log.level=error'] },
  );
});
afterAll(() => service.stop());

test('the slowest operations stand at /metrics/slow-operations, as the script asks for them: not an area of metrics', async () => {
  const { status, body } = await ask('/metrics/slow-operations?limit=1');
  expect(status).toBe(200);
  expect(body).toMatchObject([
    { service: 'checkout', operation: 'pay', count: 4, p95_seconds: expect.closeTo(16, -1) },
  ]);
  expect(await ask('/metrics/nothing')).toMatchObject({ status: 404 });
});

test.each([
  ['/metrics/slow-operations?limit=0', 'limit'],
  ['/api/v1/slow-operations?by=name', 'by'],
  ['/api/v1/slow-operations?window=31d', 'window'],
  ['/api/v1/slow-operations?order=1', 'order'],
  ['/api/v1/reports/daily?date=2026-02-30', 'date'],
  ['/api/v1/reports/daily?timeZone=Nowhere/Here', 'timeZone'],
  ['/api/v1/reports/daily?format=pdf', 'format'],
  ['/api/v1/baselines', 'series'],
  ['/api/v1/requests/a%20b', 'id'],
])('%s is refused, and the answer names %s', async (path, parameter) => {
  const { status, body } = await ask(path);
  expect(status).toBe(400);
  expect((body as { error: { message: string } }).error.message).toContain(parameter);
});

test('operations by total and count, of one service', async () => {
  const { body } = await ask('/api/v1/slow-operations?by=total&window=1h&service=checkout');
  expect(body).toMatchObject({ by: 'total', from: '2026-11-24T09:00:00.000Z', complete: true });
  expect((body as { operations: unknown[] }).operations).toHaveLength(2);
  expect((await ask('/api/v1/slow-operations?service=nobody')).body).toMatchObject({ operations: [] });
});

test('a request is followed by its request id and its trace id, through events and rollups, each part once', async () => {
  for (const id of ['r-1', 'a'.repeat(32)]) {
    const { body } = await ask(`/api/v1/requests/${id}`);
    expect(body).toMatchObject({
      parts: [
        { component: 'api', operation: 'pay', source: 'rollup', duration_seconds: 16 },
        { component: 'orders-pool', operation: 'query', source: 'event', duration_seconds: 2 },
      ],
      covered: { partitions: [0], elsewhere: [{ partition: 1, owner: 'another' }] },
    });
  }
  const { status, body } = await ask('/api/v1/requests/unknown');
  expect(status).toBe(404);
  expect((body as { error: { message: string } }).error.message).toMatch(/those of 1 others lie with another/);
});

test('the report as JSON, Markdown and HTML; texts of others are escaped', async () => {
  expect((await ask('/api/v1/reports/daily?date=2026-11-24')).body).toMatchObject({ date: '2026-11-24', over: false });
  expect((await ask('/api/v1/reports/daily')).body).toMatchObject({
    date: '2026-11-23',
    over: true,
    slowest_operations: [],
  });
  for (const format of ['markdown', 'html']) {
    const response = await fetch(`${service.url}/api/v1/reports/daily?date=2026-11-24&format=${format}`);
    expect(response.headers.get('content-type')).toBe(`text/${format}; charset=utf-8`);
    const text = await response.text();
    expect(text).toContain('&lt;b&gt;look&lt;/b&gt;');
    expect(text).not.toContain('<b>look');
  }
});

test.each(['2026-11-25', '2026-10-20'])('nothing is kept of %s', async (date) => {
  expect(await ask(`/api/v1/reports/daily?date=${date}`)).toMatchObject({ status: 404 });
});

test('baselines of an operation say how many weeks are missing', async () => {
  const { body } = await ask('/api/v1/baselines?series=api/pay');
  expect(body).toMatchObject({
    series: [{ entity: 'checkout', slots: [{ weeks: 1, enough: false, missing_weeks: 2, now: true }] }],
  });
});

test.each([
  '/metrics/slow-operations',
  '/api/v1/slow-operations?by=count',
  '/api/v1/requests/r-1',
  '/api/v1/reports/daily?date=2026-11-24',
  '/api/v1/baselines?series=api/pay',
])('%s answers what its route describes', async (path) => {
  const route = historyRoutes.find((each) =>
    new RegExp(`^${each.path.replace(/\{\w+\}/, '[^/]+')}$`).test(path.split('?')[0]!),
  );
  const schema = route?.answers[200]?.schema as z.ZodType;
  expect(schema.safeParse((await ask(path)).body)).toMatchObject({ success: true });
});

function rollup(operation: string, seconds: number): OperationRollup {
  const exponent = Math.log2(seconds) - 1;
  return {
    v: 1,
    k: 'operation',
    entity: 'checkout',
    hour,
    closed: false,
    service: 'checkout',
    component: 'api',
    operation,
    requests: { success: 4 },
    durations: { success: [0, 0, 4 * seconds, exponent, [4]] },
    errors: {},
    timeouts: 0,
    slow: 1,
    retries: 0,
    exemplars: [
      {
        at: hour + 60_000,
        seconds,
        status: 'success',
        requestId: operation === 'pay' ? 'r-1' : 'r-2',
        traceId: (operation === 'pay' ? 'a' : 'b').repeat(32),
      },
    ],
  };
}

const slowRequest = {
  producer: 'orders/1',
  entity: 'orders',
  incarnation: 1,
  sequence: 1,
  timeMs: hour + 59_000,
  dictionary: null,
  data: null,
  events: [
    {
      name: 'omninode.slow_operation',
      timeMs: hour + 59_000,
      attributes: {
        component: 'orders-pool',
        operation: 'query',
        status: 'success',
        duration_seconds: 2,
        request_id: 'r-1',
        trace_id: 'a'.repeat(32),
      },
    },
  ],
  close: null,
  encoding: 'columns' as const,
  rejected: [],
};

async function ask(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${service.url}${path}`);
  return { status: response.status, body: await response.json() };
}
