import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  alertsArea,
  ALERTS_VIEW,
  MEASUREMENT_INTAKE,
  MESH_VIEW,
  MeshApiModule,
  apiConfig,
  type MeshView,
} from '@omninode/mesh-api';
import { startService, type StartedService } from '@omninode/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAlertMesh, type AlertMesh } from '../testing/alert-mesh.js';
import { eventually } from '../testing/eventually.js';

let folder = '';
let mesh: AlertMesh;
let service: Pick<StartedService, 'url' | 'stop'>;

const rules = `apiVersion: omninode/v1
kind: RuleSet
rules:
  - name: PoolNearlyExhausted
    signal: { metric: omninode_active_connections, by: [target, service_name] }
    window: { fn: last }
    levels:
      warning: { fire: "> 80", clear: "< 70" }
      critical: { fire: "> 90" }
    annotations: { summary: "{{ labels.target }}: {{ value }} in use" }
    runbook: { meaning: Connections run out., look: Who holds them., do: Let go of them. }
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-alerts-api-'));
  mesh = await startAlertMesh({ folder, rules });
  const view: MeshView = {
    states: () => [],
    summaries: () => [],
    limits: () => ({ targetStaleMs: 60_000, summaryStaleMs: 15_000, partitions: 4 }),
    expiryMs: 300_000,
    ownSamples: async () => [],
    nowMs: Date.now,
  };
  service = await startService(
    'alerts-api',
    ({ configuration: { api, http } }) => [
      MeshApiModule.forRoot({
        config: api,
        host: http.host,
        view: { provide: MESH_VIEW, useValue: view },
        intake: { provide: MEASUREMENT_INTAKE, useValue: { accept: async () => undefined } },
        areas: [alertsArea({ provide: ALERTS_VIEW, useFactory: () => mesh.view() })],
      }),
    ],
    { sections: { api: apiConfig }, env: {}, argv: ['--http.port=0', '--log.level=silent'] },
  );
});
afterAll(async () => {
  await service.stop();
  await mesh.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('alerts are listed, filtered, and explained with what is missing for them to end', async () => {
  await mesh.send('orders', 95);
  await mesh.send('users', 85);
  await mesh.send('idle', 5);
  await eventually(async () => expect((await get('/api/v1/alerts')).body).toMatchObject({ total: 2 }));
  const { alerts } = (await get('/api/v1/alerts')).body as { alerts: { fingerprint: string; severity: string }[] };
  expect(alerts.map(({ severity }) => severity)).toEqual(['critical', 'warning']);
  expect((await get('/api/v1/alerts?severity=warning&label=target%3Dusers')).body).toMatchObject({ total: 1 });
  expect((await get('/api/v1/alerts?state=resolved')).body).toMatchObject({ total: 0 });
  expect(await get('/api/v1/alerts?severity=bad')).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('severity') } },
  });

  const explained = await get(`/api/v1/alerts/${alerts[0]!.fingerprint}/explain`);
  expect(explained.body).toMatchObject({
    note: '',
    condition: 'firing',
    value: 95,
    windows: [{ metric: 'omninode_active_connections', series: 1, samples: 1 }],
    levels: [
      { severity: 'warning', clear: '< 70', holds: true },
      { severity: 'critical', holds: true },
    ],
    missing: ['critical ends when the value is no longer > 90.'],
    rule: { file: 'own/test.yaml', line: 4 },
  });
  expect((await get('/api/v1/alerts/0123456789abcdef/explain')).status).toBe(404);
});

test('rules are listed with their place and mistakes; a runbook is read in Markdown', async () => {
  expect((await get('/api/v1/rules')).body).toMatchObject({
    problems: [],
    rules: [{ name: 'PoolNearlyExhausted', file: 'own/test.yaml', runbook_url: 'http://mesh/PoolNearlyExhausted' }],
  });
  const runbook = await fetch(`${service.url}/api/v1/runbooks/PoolNearlyExhausted`);
  expect(runbook.headers.get('content-type')).toContain('text/markdown');
  expect(await runbook.text()).toContain('Connections run out.');
  expect((await get('/api/v1/runbooks/Nothing')).status).toBe(404);
});

test('a dry run says exactly what other rules would have told, and changes nothing', async () => {
  const nowMs = Date.now();
  for (const [nth, value] of [10, 50, 60, 50, 10].entries())
    await mesh.send('trial', value, nowMs - 100_000 + nth * 10_000);
  const trial = rules.replace('> 80', '> 40').replace('< 70', '< 30').replace('PoolNearlyExhausted', 'Trial');
  const run = await post('/api/v1/rules/dry-run', { rules: trial, hours: 1 });
  const { transitions } = run.body as {
    transitions: { state: string; labels: Record<string, string>; value: number }[];
  };
  const ofTrial = transitions.filter(({ labels }) => labels.target === 'trial');
  expect(ofTrial.map(({ state, value }) => `${state} ${value}`)).toEqual(['firing 50', 'resolved 10']);
  expect((await get('/api/v1/alerts?name=Trial')).body).toMatchObject({ total: 0 });
  const wrong = await post('/api/v1/rules/dry-run', { rules: rules.replace('fn: last', 'fn: newest') });
  expect(wrong).toMatchObject({
    status: 400,
    body: { error: { problems: [{ line: 6, path: 'rules[0].window.fn' }] } },
  });
  expect((await post('/api/v1/rules/dry-run', { rule: '' })).status).toBe(400);
});

test('one dry run at a time', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => post('/api/v1/rules/dry-run', { rules })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 429, 429]);
});

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${service.url}${path}`);
  return { status: response.status, body: await response.json() };
}

async function post(path: string, body: object): Promise<{ status: number; body: unknown }> {
  const headers = { 'content-type': 'application/json', 'x-omninode-request': '1' };
  const response = await fetch(`${service.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}
