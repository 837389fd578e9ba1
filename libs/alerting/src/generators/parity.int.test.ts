import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unavailable } from '@omninode/local-services';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kindsOf } from '../rule-tests/test-records.js';
import { playTest } from '../rule-tests/run-tests.js';
import { durationText } from '../rules/duration.js';
import type { Rule, RuleTest } from '../rules/rule.js';
import { readShippedRules } from '../testing/shipped.js';
import { seeded, warpedTest } from '../testing/warped-test.js';
import { prometheusRules } from './prometheus-rules.js';
import { promtoolSeries } from './promtool-series.js';

/**
 * The same series through Prometheus and through our engine: both must say of every interval whether the alert fires, but for the
 * one before and the one after a change. What PromQL has no equal for is taken out of the rules first; it is what the generated file
 * calls approximate.
 */
const run = promisify(execFile);
const seeds = [1, 2, 3];
/** Prometheus evaluates some ten thousand intervals. */
const slow = { timeout: 180_000 };
const rules = readShippedRules().rules.map(withEqual);
let folder = '';

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'omninode-parity-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(unavailable('prometheus'))(
  'every shipped rule fires and ends in both within one interval',
  slow,
  async () => {
    const cases = rules.flatMap(casesOf);
    expect(await promtoolSays(cases)).toBe('');
    const changes = cases.reduce((sum, { firing }) => sum + changesIn(firing), 0);
    // Most cases fire and end twice, or nothing was compared.
    expect(changes).toBeGreaterThan(rules.length * seeds.length * 2);
  },
);

test.skipIf(unavailable('prometheus'))('a threshold that differs is seen', async () => {
  const other = rules
    .filter(({ name }) => name === 'TargetDataStale')
    .map((rule) => ({
      ...rule,
      levels: rule.levels.map((level) => ({ ...level, fire: { ...level.fire, threshold: 60 } })),
    }));
  expect(await promtoolSays(other.flatMap(casesOf))).toContain('TargetDataStale');
});

interface Case {
  readonly rule: Rule;
  readonly test: RuleTest;
  /** Whether the alert fires in our engine after each interval. */
  readonly firing: readonly boolean[];
}

function casesOf(rule: Rule): Case[] {
  return seeds.map((seed) => {
    const warped = warpedTest(rule.tests[0]!, kindsOf(rule), seeded(seed));
    const firing: boolean[] = [];
    playTest(
      rule,
      warped,
      (_, engine) => void firing.push([...engine.instances()].some(({ state }) => state.level >= 0)),
    );
    return { rule, test: warped, firing };
  });
}

/** What promtool has against it; empty when nothing. A file for each case, so that each evaluates its own rule only. */
async function promtoolSays(cases: readonly Case[]): Promise<string> {
  const files = cases.map((each, at) => {
    const { rule } = each;
    const equal = rules.find(({ name }) => name === rule.name)!;
    writeFileSync(join(folder, `${rule.name}.rules.yml`), prometheusRules([equal], 'a test'));
    writeFileSync(join(folder, `${at}.test.yml`), testFile(each));
    return `${at}.test.yml`;
  });
  const options = { cwd: folder, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };
  return run('promtool', ['test', 'rules', ...files], options).then(
    () => '',
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`.slice(-4_000),
  );
}

function testFile({ rule, test: played, firing }: Case): string {
  const { intervalMs } = played;
  return [
    `rule_files: [${rule.name}.rules.yml]`,
    `evaluation_interval: ${durationText(intervalMs)}`,
    'tests:',
    `  - name: ${rule.name}`,
    `    interval: ${durationText(intervalMs)}`,
    '    input_series:',
    ...promtoolSeries(rule, played),
    '    promql_expr_test:',
    ...firing.flatMap((is, step) => (isNearChange(firing, step) ? [] : expectation(rule, step * intervalMs, is))),
  ].join('\n');
}

function expectation({ name }: Rule, atMs: number, isFiring: boolean): string[] {
  const expression = `group(ALERTS{alertname="${name}",alertstate="firing"})`;
  const lines = [`      - expr: ${JSON.stringify(expression)}`, `        eval_time: ${durationText(atMs)}`];
  return isFiring ? [...lines, '        exp_samples: [{ labels: "{}", value: 1 }]'] : lines;
}

function isNearChange(firing: readonly boolean[], step: number): boolean {
  return firing[step - 1] !== firing[step] || firing[step + 1] !== firing[step];
}

function changesIn(firing: readonly boolean[]): number {
  return firing.filter((is, step) => step > 0 && is !== firing[step - 1]).length;
}

function withEqual(rule: Rule): Rule {
  const levels = rule.levels.map(({ severity, fire }) => ({ severity, fire, clear: undefined }));
  return { ...rule, levels, dependsOn: [], flap: undefined };
}
