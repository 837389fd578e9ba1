import { gunzipSync } from 'node:zlib';
import { PartitionState, summarize } from '@omninode/aggregation';
import { startService, type StartedService } from '@omninode/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiConfig } from './api.config.js';
import { MEASUREMENT_INTAKE } from './intake/measurement-intake.js';
import { MeshApiModule } from './mesh-api.module.js';
import { MESH_VIEW, type MeshView } from './mesh-view.js';

const nowMs = 1_790_000_000_000;
let service: StartedService;
let view: MeshView;

beforeAll(async () => {
  const state = new PartitionState({ series: 10, seriesPerEntity: 10 });
  state.take({ ok: true, record: measured }, { offset: 0 }, nowMs);
  const summary = summarize(state, { partition: 0, owner: 'test', endOffset: 1, atMs: nowMs, expiryMs: 60_000 });
  let current = nowMs;
  view = {
    states: () => [state],
    summaries: () => [summary],
    limits: () => ({ targetStaleMs: 60_000, summaryStaleMs: 15_000, partitions: 1 }),
    expiryMs: 60_000,
    ownSamples: async () => [],
    nowMs: () => current,
  };
  Object.assign(view, { pass: (ms: number) => (current += ms) });
  service = await startService(
    'mesh-api',
    () => [
      MeshApiModule.forRoot({
        config: apiConfig.parse({}),
        host: '127.0.0.1',
        view: { provide: MESH_VIEW, useValue: view },
        intake: { provide: MEASUREMENT_INTAKE, useValue: { accept: async () => undefined } },
      }),
    ],
    {
      env: {},
      argv: ['--http.port=0', '--log.level=error'],
    },
  );
});
afterAll(() => service.stop());

test('the page as text, as OpenMetrics and compressed', async () => {
  const text = await get('/metrics');
  expect(text.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(withoutIntake(await text.text())).toBe(`# HELP omninode_active_connections X.
# TYPE omninode_active_connections gauge
omninode_active_connections{target="orders",instance=""} 3
# HELP omninode_collector_x X.
# TYPE omninode_collector_x gauge
omninode_collector_x{target="orders",instance=""} 4
`);
  const open = await get('/metrics', { accept: 'application/openmetrics-text;version=1.0.0' });
  expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(await open.text()).toMatch(/# EOF\n$/);

  const raw = await service.app.inject({ url: '/metrics', headers: { 'accept-encoding': 'gzip' } });
  expect(raw.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(raw.rawPayload).toString()).toContain('omninode_active_connections');
});

test('an area shows its own metrics; an unknown one says which there are', async () => {
  const page = await (await get('/metrics/database')).text();
  expect(page).toContain('omninode_active_connections');
  expect(page).not.toContain('omninode_collector_x');
  const unknown = await get('/metrics/__proto__');
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toEqual({
    error: {
      code: 'NOT_FOUND',
      message: 'There is no page /metrics/__proto__. There are: database, kafka, cache, breakers, requests, tuner.',
    },
  });
});

test('targets, one target with its events, the ledger', async () => {
  expect(await (await get('/api/v1/targets')).json()).toMatchObject([
    { id: 'orders', kind: 'database', health: 'degraded', last_data_at: '2026-09-21T14:13:20.000Z' },
  ]);
  const target = (await (await get('/api/v1/targets/orders')).json()) as { events: { id: string; name: string }[] };
  expect(target.events).toMatchObject([{ id: '0.0', name: 'collector.status' }]);
  expect((await get('/api/v1/targets/nobody')).status).toBe(404);
  expect(await (await get('/api/v1/ledger')).json()).toMatchObject({
    closes: true,
    complete: true,
    lag: 0,
    totals: { received: 1, applied: 1, dead_lettered: 0 },
  });
});

test('health is 200 while something is known, and 503 once the data is old', async () => {
  const degraded = await get('/health');
  expect(degraded.status).toBe(200);
  expect(await degraded.json()).toMatchObject({
    system_health: 'degraded',
    reasons: [{ component: 'database/orders', reason: 'Run GRANT.' }],
  });
  (view as MeshView & { pass(ms: number): void }).pass(61_000);
  const unknown = await get('/health');
  expect(unknown.status).toBe(503);
  expect(await unknown.json()).toMatchObject({
    system_health: 'unknown',
    components: { 'database/orders': { health: 'unknown' } },
  });
});

const gauge = (name: string) => ({
  name,
  kind: 'gauge' as const,
  unit: '',
  help: 'X.',
  labelNames: ['target'],
  bounds: [],
});
const measured = {
  producer: 'database/orders',
  entity: 'orders',
  incarnation: 1,
  sequence: 1,
  timeMs: nowMs,
  dictionary: {
    from: 0,
    metrics: [gauge('omninode_active_connections'), gauge('omninode_collector_x')],
    series: [
      [0, ['orders']],
      [1, ['orders']],
    ] as const,
  },
  data: { known: 2, indexes: null, values: [3, 4], timeOffsetsMs: null, starts: [], exponentials: [] },
  events: [
    {
      name: 'collector.status',
      timeMs: nowMs,
      attributes: { family: 'statements', status: 'permission', reason: 'Run GRANT.', since_ms: nowMs },
    },
  ],
  close: null,
  encoding: 'columns' as const,
  rejected: [],
};

/** The page without what the process says of its own intake. */
function withoutIntake(page: string): string {
  return page.replace(/^.*omninode_mesh_intake_.*\n/gm, '');
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${service.url}${path}`, { headers: { 'accept-encoding': 'identity', ...headers } });
}
