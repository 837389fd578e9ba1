import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startKafka, unavailable, type KafkaCluster } from '@omninode/local-services';
import { startMeshProcess, type MeshProcess } from '@omninode/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'omninode-intake-'));
const token = 'e'.repeat(40);
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, token);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('beyond loopback the process ends without a token, and says which setting is missing', async () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const env = { OMNINODE_BUS_BROKERS: '127.0.0.1:1', OMNINODE_HTTP_HOST: '0.0.0.0', OMNINODE_HTTP_PORT: '0' };
  const child = spawn(process.execPath, [main], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  child.stdout.on('data', (part: Buffer) => (said += part.toString()));
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(said).toContain('"code":"TOKEN_REQUIRED"');
  expect(said).toContain('OMNINODE_API_TOKEN_FILE');
  expect(said).not.toContain('ready ');
});

describe.skipIf(unavailable('kafka'))('measurements over HTTP, on Kafka', () => {
  let kafka: KafkaCluster;
  let aggregator: MeshProcess;
  beforeAll(async () => {
    kafka = await startKafka();
    aggregator = await startMeshProcess({
      app: 'aggregator',
      name: 'aggregator',
      env: {
        OMNINODE_BUS_BROKERS: kafka.brokers.join(','),
        OMNINODE_BUS_PARTITIONS: '2',
        OMNINODE_DATA_DIR: join(folder, 'data'),
        OMNINODE_HTTP_HOST: '0.0.0.0',
        OMNINODE_API_TOKEN_FILE: tokenFile,
        OMNINODE_API_PUBLISH_TIMEOUT: '500ms',
      },
    });
  });
  afterAll(async () => {
    await aggregator?.kill();
    await kafka?.stop();
  });

  test('show up on the page', async () => {
    // Until the topics are there the bus takes nothing, and the answer says so.
    await eventually(async () => expect((await post(7)).status).toBe(202));
    await eventually(async () =>
      expect(await page()).toContain('omninode_shop_open_orders{shop="bern",instance=""} 7\n'),
    );
  });

  test('are turned back while the bus does not take them, and taken again when it does', async () => {
    kafka.pause(1);
    const answer = await post(8);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({ error: { code: 'BUS_UNAVAILABLE' } });
    kafka.resume(1);
    await eventually(async () => expect((await post(9)).status).toBe(202));
    await eventually(async () =>
      expect(await page()).toContain('omninode_shop_open_orders{shop="bern",instance=""} 9\n'),
    );
    expect(await page()).toMatch(/^omninode_mesh_intake_requests_total\{outcome="unavailable"\} [1-9]/m);
    await eventually(async () => expect(await page()).toContain('omninode_mesh_intake_pending_bytes 0\n'));
  });

  function post(open: number): Promise<Response> {
    const points = [{ name: 'omninode_shop_open_orders', kind: 'gauge', labels: { shop: 'bern' }, value: open }];
    return fetch(`${aggregator.url}/api/v1/measurements`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ v: 1, entity: 'bern', producer: 'bern/1', time: Date.now(), points }),
    });
  }

  async function page(): Promise<string> {
    return (await fetch(`${aggregator.url}/metrics`)).text();
  }
});

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt >= 150) throw error;
      await sleep(200);
    }
  }
}
