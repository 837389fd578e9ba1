// A page with a gauge for each target, scraped and judged every second, and an Alertmanager that does not wait.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAlertmanager, startPrometheus } from '@omninode/local-services';

export async function throughPrometheus({ alerts, webhook }) {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-bench-'));
  const values = Array.from({ length: alerts }, () => 0);
  const page = createServer((_request, response) => {
    const lines = values.map((value, nth) => `omninode_bench_level{target="host-${nth}"} ${value}`);
    response.end(`# TYPE omninode_bench_level gauge\n${lines.join('\n')}\n`);
  }).listen(0, '127.0.0.1');
  await once(page, 'listening');
  const alertmanager = await startAlertmanager({
    configuration: `route: { receiver: sink, group_by: [target], group_wait: 0s, group_interval: 1s }
receivers: [{ name: sink, webhook_configs: [{ url: '${webhook}' }] }]
`,
  });
  const rules = join(folder, 'rules.yml');
  writeFileSync(rules, 'groups: [{ name: bench, rules: [{ alert: Level, expr: omninode_bench_level > 0.5 }] }]\n');
  const prometheus = await startPrometheus({
    configuration: `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${rules}']
alerting: { alertmanagers: [{ static_configs: [{ targets: ['${new URL(alertmanager.url).host}'] }] }] }
scrape_configs: [{ job_name: bench, static_configs: [{ targets: ['127.0.0.1:${page.address().port}'] }] }]
`,
  });
  await sleep(5_000);
  return {
    raise: (nth) => void (values[nth] = 1),
    async close() {
      await prometheus.stop();
      await alertmanager.stop();
      page.close();
      page.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
