import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unavailable } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertRules } from './alert-rules.js';
import { dashboardsFolder, scrapeInterval } from './provisioning.js';

/** What is given to Prometheus, Alertmanager and Grafana, as their own tools read it. Grafana's is compared with the compose file. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const compose = read('docker-compose.yml');
const folder = mkdtempSync(join(tmpdir(), 'omninode-deploy-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(unavailable('prometheus'))('Prometheus', () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'rules'));
    cpSync(join(root, 'dashboards/prometheus'), join(folder, 'rules'), { recursive: true });
  });

  test.each([
    ['its configuration is right', (text: string) => text, 0],
    ['a setting that it does not know is seen', (text: string) => text.replace('honor_labels:', 'honour_labels:'), 1],
    ['a rule file that is not there is seen', (text: string) => text.replace('omninode.rules', 'rules'), 1],
  ] as const)('%s', (_name, spoil, status) => {
    expect(
      check('promtool', ['check', 'config'], 'prometheus.yml', spoil(read('deploy/prometheus/prometheus.yml'))),
    ).toBe(status);
  });
});

describe.skipIf(unavailable('alertmanager'))('Alertmanager', () => {
  test.each([
    ['its configuration is right', (text: string) => text, 0],
    ['a receiver that is not there is seen', (text: string) => text.replace('- name: people', '- name: folk'), 1],
  ] as const)('%s', (_name, spoil, status) => {
    const text = spoil(read('deploy/alertmanager/alertmanager.yml'));
    expect(check('amtool', ['check-config'], 'alertmanager.yml', text)).toBe(status);
  });
});

test('a critical alert silences the warning of the same thing, and of no other', () => {
  const listed = /severity = warning\][^[]*\[([^\]]*)\]/.exec(read('deploy/alertmanager/alertmanager.yml'))?.[1];
  const apart = new Set([...alertRules.values()].flatMap(({ signal }) => signal.by));
  expect(listed?.match(/\w+/g)?.sort()).toEqual(['alertname', ...apart].sort());
});

test('Grafana thinks of the interval at which Prometheus scrapes', () => {
  expect(read('deploy/prometheus/prometheus.yml')).toContain(`scrape_interval: ${scrapeInterval}\n`);
  expect(read('dashboards/provisioning/datasources/omninode.yml')).toContain(`timeInterval: ${scrapeInterval}\n`);
});

test('what the compose file mounts is there, and the dashboards are where Grafana looks for them', () => {
  const mounts = [...compose.matchAll(/\.\/((?:dashboards|deploy)\/[^:]+):([^:\s]+):ro/g)].map(([, from, to]) => [
    from!,
    to!,
  ]);
  expect(mounts.filter(([from]) => !existsSync(join(root, from!)))).toEqual([]);
  expect(mounts).toContainEqual(['dashboards/grafana', dashboardsFolder]);
  expect(mounts).toContainEqual(['dashboards/provisioning', '/etc/grafana/provisioning']);
  expect(mounts).toContainEqual(['dashboards/prometheus', '/etc/prometheus/rules']);
});

test('Prometheus, Alertmanager and Grafana are closed as our own services are', () => {
  for (const name of ['prometheus', 'alertmanager', 'grafana']) {
    const service = new RegExp(`^  ${name}:\\n(?:    .*\\n|\\n)+`, 'm').exec(compose)?.[0] ?? '';
    expect(service, name).toContain('<<: *observer');
    expect(service, name).toMatch(/image: \S+:v?\d+\.\d+\.\d+\n/);
    expect(service, name).toMatch(/user: '[1-9]\d*:\d+'/);
    expect(service, name).toMatch(/ports: \['127\.0\.0\.1:\d+:\d+'\]/);
    expect(service, name).toContain('healthcheck:');
  }
  expect(/^x-observer: &observer\n(?: .*\n)+/m.exec(compose)?.[0]).toMatch(
    /read_only: true[^]*no-new-privileges:true[^]*cap_drop: \[ALL\]/,
  );
});

/** What a tool ends with for this text in a file. */
function check(tool: string, args: readonly string[], file: string, text: string): number | null {
  const path = join(folder, file);
  writeFileSync(path, text);
  return spawnSync(tool, [...args, path], { encoding: 'utf8' }).status;
}
