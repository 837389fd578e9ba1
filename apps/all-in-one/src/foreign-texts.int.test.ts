import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentTypes } from '@omninode/contracts';
import { startMeshProcess } from '@omninode/testing';
import type { MeshProcess } from '@omninode/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** One text that is dangerous in HTML, Markdown, Slack and a table, wherever a sender may put a text of his own. */
const evil = `<img src=x onerror=alert(1)>"'&[click](javascript:alert(2))<!channel>|*x*\``;
/** What would be live: none of it may be in anything that a browser, a Markdown viewer or Slack reads as its own. */
const live = {
  html: /<img|<script|<!channel/i,
  markdown: /<img|<!channel|(?<!\\)\]\(|(?<!\\)\|\*x/,
  slack: /<img|<!channel/,
};
const folder = mkdtempSync(join(tmpdir(), 'omninode-foreign-'));
const patiently = { timeout: 30_000, interval: 300 };
const received: Record<string, string[]> = { '/slack': [], '/webhook': [] };
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    received[request.url!]?.push(body);
    response.end('ok');
  });
});
const today = new Date().toISOString().slice(0, 10);
let mesh: MeshProcess;

const rules = `apiVersion: omninode/v1
kind: RuleSet
rules:
  - name: PoolFull
    signal: { metric: omninode_active_connections, by: [target, service_name, service, pool] }
    window: { fn: last }
    levels:
      critical: { fire: "> 90" }
    annotations: { summary: "{{ labels.pool }} of {{ labels.service_name }} is full", description: "{{ labels.service }}" }
    runbook: { meaning: Connections run out., look: Who holds them., do: Let go of them. }
`;

beforeAll(async () => {
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules', 'pool.yaml'), rules);
  writeFileSync(
    join(folder, 'config.yaml'),
    `history: { writeEvery: 1s }
alerts: { rulesFolder: ${join(folder, 'rules')}, shippedRules: false }
notify:
  receivers:
    team: { type: slack, url: '${url}/slack', groupWait: 0s }
    other: { type: webhook, url: '${url}/webhook', groupWait: 0s }
`,
  );
  mesh = await startMeshProcess({
    app: 'all-in-one',
    name: 'foreign',
    env: {
      OMNINODE_CONFIG: join(folder, 'config.yaml'),
      OMNINODE_DATA_DIR: join(folder, 'data'),
      // Nothing answers there: so there is something to watch, and no demo.
      OMNINODE_REDIS_URL: 'redis://127.0.0.1:1',
    },
  });
  await plant();
}, 60_000);
afterAll(async () => {
  await mesh?.kill();
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the report in HTML and Markdown has it as text', async () => {
  const report = async (format: string) => (await ask(`/api/v1/reports/daily?date=${today}&format=${format}`)).text;
  await expect.poll(() => report('html'), patiently).toContain('&lt;img src=x onerror=alert(1)&gt;');
  await expect.poll(() => report('html'), patiently).toContain('PoolFull');
  expect((await report('html')).replace(/<meta[^>]*>|<style>[^<]*<\/style>/g, '')).not.toMatch(live.html);
  expect((await ask(`/api/v1/reports/daily?date=${today}&format=html`)).policy).toMatch(/default-src 'none'/);
  const markdown = await report('markdown');
  expect(markdown).toContain('&lt;img');
  expect(markdown).not.toMatch(live.markdown);
});

test('what is no HTML says so, and no browser guesses otherwise', async () => {
  await expect.poll(async () => (await ask('/api/v1/alerts')).text, patiently).toContain('PoolFull');
  const { text } = await ask('/api/v1/alerts');
  const [{ fingerprint }] = (JSON.parse(text) as { alerts: [{ fingerprint: string }] }).alerts;
  const paths = [
    '/metrics',
    '/metrics/requests',
    '/metrics/slow-operations',
    '/health',
    '/api/v1/alerts',
    `/api/v1/alerts/${fingerprint}/explain`,
    '/api/v1/dashboard',
    '/api/v1/series?limit=100',
    '/api/v1/slow-operations',
    '/api/v1/partitions',
    '/api/v1/ledger',
    '/api/v1/targets',
    `/api/v1/requests/${encodeURIComponent('r-1')}`,
    // Whatever is asked for comes back in no page either.
    `/api/v1/requests/${encodeURIComponent(evil)}`,
    `/api/v1/reports/daily?date=${encodeURIComponent(evil)}`,
    `/api/v1/slow-operations?service=${encodeURIComponent(evil)}`,
    `/${encodeURIComponent(evil)}`,
  ];
  let told = 0;
  for (const path of paths) {
    const answer = await ask(path);
    expect([path, answer.type]).toEqual([
      path,
      expect.stringMatching(/^(application\/json|text\/plain|application\/openmetrics)/),
    ]);
    expect([path, answer.sniffing]).toEqual([path, 'nosniff']);
    if (answer.text.includes('onerror')) told++;
  }
  expect(told).toBeGreaterThan(5);
});

test('the page about the API has nothing of what senders say', async () => {
  const { type, text, policy } = await ask('/api');
  expect(type).toMatch(/^text\/html/);
  expect(text).not.toContain('onerror');
  expect(policy).toMatch(/default-src 'none'/);
});

test('Slack gets it as text; what parses JSON gets it as it is', async () => {
  await expect.poll(() => [received['/slack']!.length, received['/webhook']!.length], patiently).toEqual([1, 1]);
  const texts = textsOf(JSON.parse(received['/slack']![0]!));
  expect(texts.join('\n')).toContain('&lt;img');
  for (const text of texts) expect(text).not.toMatch(live.slack);
  expect(received['/webhook']![0]).toContain(JSON.stringify(evil).slice(1, -1));
});

async function plant(): Promise<void> {
  const labels = { service_name: `${evil} service`, component: `${evil} component`, operation: `${evil} operation` };
  const now = Date.now();
  const start = now - 60_000;
  const points = [
    { name: 'omninode_requests_total', kind: 'counter', labels: { ...labels, status: 'failure' }, value: 5, start },
    {
      name: 'omninode_errors_total',
      kind: 'counter',
      labels: { ...labels, error_type: `${evil} error` },
      value: 5,
      start,
    },
    {
      name: 'omninode_active_connections',
      kind: 'gauge',
      labels: { service_name: `${evil} service`, service: `${evil} kind`, pool: `${evil} pool` },
      value: 99,
    },
  ];
  const attributes = {
    component: `${evil} component`,
    operation: `${evil} operation`,
    status: `${evil} status`,
    error_type: `${evil} error`,
    duration_seconds: 3,
    request_id: 'r-1',
  };
  const events = [{ name: 'omninode.slow_operation', time: now, attributes }];
  const body = JSON.stringify({
    v: 1,
    entity: `${evil} entity`,
    producer: `${evil} producer`,
    time: now,
    points,
    events,
  });
  const headers = { 'content-type': contentTypes.rows };
  const answer = await fetch(`${mesh.url}/api/v1/measurements`, { method: 'POST', headers, body });
  expect([answer.status, await answer.text()]).toEqual([202, expect.any(String)]);
}

async function ask(path: string) {
  const answer = await fetch(`${mesh.url}${path}`);
  const text = await answer.text();
  const { headers } = answer;
  return {
    text,
    type: headers.get('content-type'),
    sniffing: headers.get('x-content-type-options'),
    policy: headers.get('content-security-policy') ?? '',
  };
}

/** Texts that Slack reads as its markup: of blocks, and the one for notifications. */
function textsOf(body: unknown): string[] {
  const found: string[] = [];
  JSON.stringify(body, (_key, value: unknown) => {
    const { type, text } = (value ?? {}) as { type?: unknown; text?: unknown };
    if (typeof text === 'string' && type !== 'plain_text') found.push(text);
    return value;
  });
  return found;
}
