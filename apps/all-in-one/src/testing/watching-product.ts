import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { quickRules, type Thresholds } from './quick-rules.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** The rules that come with the product. */
export const shippedFolder = fileURLToPath(new URL('../../../../libs/alerting/rules/', import.meta.url));
const patienceMs = 90_000;

export interface WatchingOptions {
  /** As in the configuration file, which is YAML: targets, receivers, intervals. */
  readonly config: object;
  /** What a minute of the rules takes, seconds. */
  readonly minute: number;
  readonly thresholds?: Thresholds;
}

export interface WatchingProduct {
  readonly url: string;
  /** Where its rules lie; they are read again when they change. */
  readonly rulesFolder: string;
  firing(): Promise<readonly FiringAlert[]>;
  /**
   * That a rule, or each of several, does not fire, fires from `happen` on, and no more after the end, for an alert with these
   * labels. `happen` gives back what ends it.
   */
  proves(
    rule: string | readonly string[],
    labels: Readonly<Record<string, string>>,
    happen: () => Promise<End>,
  ): Promise<void>;
  /** Resolves when its own `/metrics` has the metric. */
  shows(metric: string): Promise<void>;
  stop(): Promise<void>;
}

type End = () => unknown;

export interface FiringAlert {
  readonly name: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The product as people start it, in a process of its own, with the shipped rules made quick. */
export async function startWatching({ config, minute, thresholds = {} }: WatchingOptions): Promise<WatchingProduct> {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-watching-'));
  const rulesFolder = join(folder, 'rules');
  mkdirSync(rulesFolder);
  for (const file of ruleFiles())
    writeFileSync(
      join(rulesFolder, file),
      quickRules(readFileSync(join(shippedFolder, file), 'utf8'), minute, thresholds),
    );
  writeFileSync(join(folder, 'mesh.yaml'), JSON.stringify(config));
  const env = {
    PATH: process.env.PATH,
    OMNINODE_CONFIG: join(folder, 'mesh.yaml'),
    OMNINODE_DATA_DIR: join(folder, 'data'),
    OMNINODE_HTTP_PORT: '0',
    OMNINODE_ALERTS_SHIPPED_RULES: 'false',
    OMNINODE_ALERTS_RULES_FOLDER: rulesFolder,
    OMNINODE_ALERTS_RELOAD_EVERY: '500ms',
  };
  const product = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  product.stderr.on('data', (part: Buffer) => log.push(part.toString()));
  let url = '';
  for await (const line of createInterface({ input: product.stdout })) {
    url = /^ready (\S+)/.exec(line)?.[1] ?? '';
    if (url) break;
  }
  if (!url) throw new Error(`The product did not start: ${log.join('')}`);
  product.stdout.resume();

  return { url, rulesFolder, firing, proves, shows, stop };

  async function firing(): Promise<readonly FiringAlert[]> {
    const response = await fetch(`${url}/api/v1/alerts?state=firing&limit=500`);
    const { alerts } = (await response.json()) as { alerts?: FiringAlert[] };
    if (!alerts) throw new Error(`/api/v1/alerts answered ${response.status}.`);
    return alerts;
  }

  async function proves(
    rule: string | readonly string[],
    labels: Readonly<Record<string, string>>,
    happen: () => Promise<End>,
  ) {
    const rules = [rule].flat();
    const firingOnes = async () => {
      const alerts = await firing();
      return rules.filter((name) => alerts.some((alert) => isMeant(alert, name, labels)));
    };
    await eventually(async () => expect(await firingOnes(), 'before it happens').toEqual([]));
    const end = await happen();
    try {
      await eventually(async () => expect(await firingOnes(), 'while it happens').toEqual(rules));
    } finally {
      await end();
    }
    await eventually(async () => expect(await firingOnes(), 'after its end').toEqual([]));
  }

  async function shows(metric: string) {
    await eventually(async () => expect(await (await fetch(`${url}/metrics`)).text()).toContain(`\n${metric}{`));
  }

  async function stop() {
    const ended = once(product, 'exit');
    product.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

export function ruleFiles(): string[] {
  return readdirSync(shippedFolder).filter((name) => name.endsWith('.yaml'));
}

/** Asks again and again until it holds. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > untilMs) throw error;
      await sleep(250);
    }
  }
}

/** Does something again and again, with a pause after each; what it gives back ends that. */
export function again(pauseMs: number, act: () => unknown): () => Promise<void> {
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      await act();
      await sleep(pauseMs);
    }
  })();
  // Whoever ends it hears of it.
  running.catch(() => undefined);
  return () => {
    isOver = true;
    return running;
  };
}

function isMeant({ name, labels: all }: FiringAlert, rule: string, labels: Readonly<Record<string, string>>): boolean {
  return name === rule && Object.entries(labels).every(([label, value]) => all[label] === value);
}
