import { spawnSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createProcessMetrics } from './process-metrics.js';
import { processMetricsText } from './process-metrics-text.js';
import type { ProcessSample } from './process-metrics.js';

const metrics = createProcessMetrics();
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

async function sampled(): Promise<readonly ProcessSample[]> {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  await sleep(100); // the observer of collections is told a little later
  return metrics.samples();
}

/** What promtool says of a page of metrics; empty when it is content. */
function findings(page: string): string {
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
  return stdout + stderr;
}

if (!hasPromtool)
  console.warn('SKIPPED: no promtool here to check metric names with. Get it: apt-get install prometheus.');

test.skipIf(!hasPromtool)('promtool has no finding about the names', async () => {
  expect(findings(processMetricsText(await sampled()))).toBe('');
  expect(
    findings(
      '# HELP nodejs_active_handles_total x.\n# TYPE nodejs_active_handles_total gauge\nnodejs_active_handles_total 1\n',
    ),
  ).toContain('_total');
});

test('it tells CPU, memory, files, event loop and collections of this process', async () => {
  const samples = await sampled();
  const value = (name: string) => samples.find((sample) => sample.name === name)?.value ?? NaN;
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(10e6);
  expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(value('process_open_fds')).toBeGreaterThan(3);
  expect(Math.abs(value('process_start_time_seconds') - (Date.now() / 1000 - process.uptime()))).toBeLessThan(5);
  expect(value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  expect(samples).toContainEqual({
    name: 'nodejs_gc_runs_total',
    metric: expect.objectContaining({ kind: 'counter', labels: ['kind'] }),
    labels: { kind: 'major' },
    value: expect.any(Number),
  });
});

test('every sample is finite, and its metric says what the name says', async () => {
  for (const { name, metric, labels = {}, value } of await sampled()) {
    expect(value, name).toSatisfy(Number.isFinite);
    expect(metric.kind === 'counter', name).toBe(name.endsWith('_total'));
    expect(metric.unit === 'seconds', name).toBe(name.replace('_total', '').endsWith('_seconds'));
    expect(metric.unit === 'bytes', name).toBe(name.endsWith('_bytes'));
    expect(metric.meaning, name).toMatch(/^[A-Z].*\.$/);
    expect(Object.keys(labels), name).toEqual(metric.labels);
  }
});

test('each family has one header, and label values are escaped', () => {
  const metric = { kind: 'gauge', unit: 'entries', meaning: 'Things\\here.', labels: ['a'] } as const;
  expect(
    processMetricsText([
      { name: 'things', metric, labels: { a: 'x"\\\n' }, value: 1 },
      { name: 'things', metric, labels: { a: 'y' }, value: 2 },
    ]),
  ).toBe('# HELP things Things\\\\here.\n# TYPE things gauge\nthings{a="x\\"\\\\\\n"} 1\nthings{a="y"} 2\n');
});
