import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reportMissing } from '../missing.js';
import { alertmanager, prometheus, startAlertmanager, startPrometheus } from './prometheus.js';
import { missingWebServer } from './web-server.js';

test.skipIf(reportMissing('Prometheus', missingWebServer(prometheus)))(
  'Prometheus starts, reloads its configuration, and stops',
  async () => {
    const server = await startPrometheus({ configuration: 'global: { scrape_interval: 7s }' });
    const shown = async () => (await fetch(`${server.url}/api/v1/status/config`)).text();
    expect(await shown()).toContain('scrape_interval: 7s');
    writeFileSync(server.configurationFile, 'global: { scrape_interval: 9s }');
    expect((await fetch(`${server.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    expect(await shown()).toContain('scrape_interval: 9s');
    await server.stop();
    expect(server.isRunning).toBe(false);
  },
);

test.skipIf(reportMissing('Prometheus', missingWebServer(prometheus)))(
  'a wrong configuration is an error with its words',
  async () => {
    await expect(startPrometheus({ configuration: 'globul: {}' })).rejects.toMatchObject({
      code: 'SERVER_ENDED',
      message: expect.stringContaining('globul') as string,
    });
  },
);

test.skipIf(reportMissing('Alertmanager', missingWebServer(alertmanager)))(
  'Alertmanager starts and takes an alert',
  async () => {
    const server = await startAlertmanager();
    const alerts = `${server.url}/api/v2/alerts`;
    const body = JSON.stringify([{ labels: { alertname: 'Test' } }]);
    const sent = await fetch(alerts, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(sent.status).toBe(200);
    expect(await (await fetch(alerts)).json()).toMatchObject([{ labels: { alertname: 'Test' } }]);
    await server.stop();
  },
);
