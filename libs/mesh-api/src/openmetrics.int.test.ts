import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SampleView, startApi, type ApiService } from './testing/api-service.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const hostile = 'a"b\\c\n{x="1"} 7 # {trace_id="0"} 1\n# EOF\n<script>é';
const broken = '# TYPE a histogram\na_bucket{le="+Inf"} 1 # {trace_id="x} 1\na_sum 1\na_count 1\n# EOF\n';

const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0;
if (!hasPrometheus) console.warn('SKIPPED: no Prometheus here to read pages. Get it: apt-get install prometheus.');

describe.skipIf(!hasPrometheus)('a real Prometheus', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-openmetrics-'));
  let api: ApiService;
  let other: Server;
  let prometheus: ChildProcess;
  let prometheusUrl = '';
  beforeAll(async () => {
    const view = new SampleView();
    view.currentMs = Date.now();
    fill(view);
    api = await startApi([], { view });
    other = createServer((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' });
      answer.end(broken);
    });
    const job = (job_name: string, host: string) => ({
      job_name,
      scrape_interval: '500ms',
      scrape_timeout: '500ms',
      honor_labels: true,
      static_configs: [{ targets: [host] }],
    });
    const scrape_configs = [job('mesh', new URL(api.url).host), job('broken', `127.0.0.1:${await portOf(other)}`)];
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({ scrape_configs }));
    const free = createServer();
    const port = await portOf(free);
    free.close();
    prometheusUrl = `http://127.0.0.1:${port}`;
    const settings = { 'config.file': join(folder, 'prometheus.yml'), 'storage.tsdb.path': join(folder, 'data') };
    const flags = { ...settings, 'web.listen-address': `127.0.0.1:${port}`, 'enable-feature': 'exemplar-storage' };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    prometheus = spawn('prometheus', args, { stdio: 'ignore' });
  });
  afterAll(async () => {
    prometheus?.kill('SIGKILL');
    if (prometheus?.exitCode === null && prometheus.signalCode === null) await once(prometheus, 'exit');
    await api?.service.stop();
    other?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('reads the page with exemplars and hostile labels, and refuses one with a broken exemplar', async () => {
    const accept = 'application/openmetrics-text;version=1.0.0';
    const page = await (await fetch(`${api.url}/metrics`, { headers: { accept } })).text();
    expect(page).toContain(` # {trace_id="${traceId}"} 0.7 `);
    await expect.poll(() => query('up{job="mesh"}'), { timeout: 15_000 }).toMatchObject([{ value: '1' }]);
    await expect.poll(() => query('up{job="broken"}'), { timeout: 15_000 }).toMatchObject([{ value: '0' }]);
    expect(await query('omninode_request_duration_seconds_count')).toMatchObject([
      { metric: { operation: hostile }, value: '3' },
    ]);
    const exemplars = await ask('query_exemplars', { query: '{__name__=~".+"}', start: '0', end: '9999999999' });
    expect(exemplars).toMatchObject([{ exemplars: [{ labels: { trace_id: traceId }, value: '0.7' }] }]);
    expect(await query('{__name__=~".*", x="1"}')).toEqual([]);
  });

  async function query(text: string): Promise<{ metric: Record<string, string>; value: string | undefined }[]> {
    const { result = [] } = ((await ask('query', { query: text })) ?? {}) as {
      result?: { metric: Record<string, string>; value: [number, string] }[];
    };
    return result.map(({ metric, value }) => ({ metric, value: value[1] }));
  }

  /** Nothing while it starts. */
  async function ask(path: string, parameters: Record<string, string>): Promise<unknown> {
    const answer = await fetch(`${prometheusUrl}/api/v1/${path}?${new URLSearchParams(parameters)}`).catch(
      () => undefined,
    );
    return answer?.ok ? ((await answer.json()) as { data: unknown }).data : undefined;
  }
});

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function fill(view: SampleView): void {
  const labels = { component: 'api', operation: hostile, status: 'success', service_name: 'shop' };
  view.take({
    entity: 'shop',
    producer: 'shop/1',
    dictionary: {
      from: 0,
      metrics: [
        {
          name: 'omninode_request_duration_seconds',
          kind: 'histogram',
          unit: 'seconds',
          bounds: [0.5, 1],
          help: 'Help "\\\n# EOF\n.',
          labelNames: Object.keys(labels),
        },
      ],
      series: [[0, Object.values(labels)]],
    },
    data: { known: 1, indexes: null, values: [0, 2, 1, 4.3], timeOffsetsMs: null, starts: [], exponentials: [] },
    events: [
      {
        name: 'omninode.slow_operation',
        timeMs: view.currentMs,
        attributes: { ...labels, duration_seconds: 0.7, trace_id: traceId },
      },
    ],
  });
}
