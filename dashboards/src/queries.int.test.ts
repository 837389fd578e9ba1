import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { startPrometheus, unavailable, type WebServer } from '@omninode/local-services';
import { startMeshProcess, type MeshProcess } from '@omninode/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dashboardArtifacts } from './dashboards.js';
import { emptyInTheDemo } from './empty-in-the-demo.js';
import { metricsIn } from './promql/metrics-in.js';
import { startImpatientBridge } from './testing/impatient-bridge.js';

/** Every query of every panel, asked of a real Prometheus that scrapes the demo. */
interface Asked {
  readonly dashboard: string;
  readonly panel: string;
  readonly expression: string;
}

const asked = dashboardArtifacts().flatMap(({ content }) => queriesOf(JSON.parse(content) as Dashboard));
const rules = fileURLToPath(new URL('../prometheus/omninode.rules.yml', import.meta.url));
const withinMs = 150_000;
const noKafka = unavailable('kafka');
const noRedis = unavailable('redis');

describe.skipIf(unavailable('prometheus'))('in a Prometheus that scrapes the demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-queries-'));
  let demo: MeshProcess;
  let bridge: MeshProcess;
  let prometheus: WebServer;
  let endAtMs: number;

  beforeAll(async () => {
    demo = await startMeshProcess({
      app: 'all-in-one',
      name: 'demo',
      env: {
        OMNINODE_DATA_DIR: folder,
        OMNINODE_COLLECTORS_DATABASE_FAST_INTERVAL: '2s',
        OMNINODE_COLLECTORS_DATABASE_MEDIUM_INTERVAL: '5s',
        OMNINODE_COLLECTORS_DATABASE_SLOW_INTERVAL: '1m',
        OMNINODE_COLLECTORS_KAFKA_MEDIUM_INTERVAL: '5s',
        OMNINODE_COLLECTORS_KAFKA_SLOW_INTERVAL: '1m',
      },
    });
    prometheus = await startPrometheus({ configuration: scraping(demo.url) });
    bridge = await startImpatientBridge(demo, folder, { hasKafka: !noKafka, hasRedis: !noRedis });
    endAtMs = performance.now() + withinMs;
  }, 120_000);

  afterAll(async () => {
    await prometheus?.stop();
    await bridge?.kill();
    await demo?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const dashboards = [...Map.groupBy(asked, ({ dashboard }) => dashboard)];
  test.each(dashboards)(
    '%s: every query returns data',
    async (_dashboard, queries) => {
      let open = queries.filter((each) => !isListed(each) && !lacks(each));
      await expect
        .poll(
          async () => {
            const answers = await Promise.all(open.map((each) => problem(prometheus, each)));
            const problems = answers.filter((each) => each !== undefined);
            open = open.filter((_, nth) => answers[nth] !== undefined);
            return problems;
          },
          { timeout: Math.max(1_000, endAtMs - performance.now()), interval: 1_000 },
        )
        .toEqual([]);
    },
    withinMs + 10_000,
  );

  test('what is listed as empty in the demo is empty, and still asked', async () => {
    const answers = await Promise.all(
      asked.filter(isListed).map(async (each) => [each, await problem(prometheus, each)] as const),
    );
    const withData = answers.filter(([, wrong]) => !wrong?.endsWith(': no data'));
    expect(withData).toEqual([]);
    const isAsked = ({ metric }: { readonly metric: string }) => answers.some(([each]) => metricsOf(each).has(metric));
    expect(emptyInTheDemo.filter((each) => !isAsked(each))).toEqual([]);
  });
});

function queriesOf({ title = '', panels = [] }: Dashboard): Asked[] {
  return panels.flatMap((panel) => {
    const { targets = [], title: of = '' } = panel as Panel;
    return targets.map((target) => ({
      dashboard: title,
      panel: of,
      expression: (target as unknown as { expr: string }).expr,
    }));
  });
}

function isListed(each: Asked): boolean {
  return emptyInTheDemo.some(({ metric }) => metricsOf(each).has(metric));
}

function metricsOf({ expression }: Asked): ReadonlySet<string> {
  return new Set(metricsIn(expression));
}

/** What a machine without Java or Redis can't show: the demo leaves it out there, and says so. */
function lacks({ expression }: Asked): boolean {
  if (noKafka && /omninode_(kafka|dead_letter)_/.test(expression)) return true;
  return noRedis && /omninode_cache_/.test(expression);
}

/** What is wrong with the answer; undefined: there is data. A quantile of nothing is NaN, which is none. */
async function problem({ url }: WebServer, { dashboard, panel, expression }: Asked): Promise<string | undefined> {
  const end = Date.now() / 1000;
  const query = new URLSearchParams({ query: filledIn(expression), start: `${end - 60}`, end: `${end}`, step: '2' });
  const response = await fetch(`${url}/api/v1/query_range?${query}`, { signal: AbortSignal.timeout(10_000) });
  const answer = (await response.json()) as {
    readonly error?: string;
    readonly data?: { readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[] };
  };
  const name = `${dashboard} / ${panel}: ${expression}`;
  if (answer.error !== undefined || !answer.data) return `${name}: ${answer.error ?? response.status}`;
  const hasData = answer.data.result.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value))));
  return hasData ? undefined : `${name}: no data`;
}

/** As Grafana does it: everything is chosen. */
function filledIn(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '15s')
    .replaceAll('$__range', '5m')
    .replace(/\$(job|target|service|instance)\b/g, '.+');
}

function scraping(url: string): string {
  return `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${rules}']
scrape_configs:
  - job_name: omninode-mesh
    honor_labels: true
    static_configs: [{ targets: ['${new URL(url).host}'] }]
`;
}
