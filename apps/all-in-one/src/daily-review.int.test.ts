import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unavailable } from '@omninode/local-services';
import { startMeshProcess } from '@omninode/testing';
import type { MeshProcess } from '@omninode/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The strategy document's script as it stands there, against the demo as a person starts it. */
const script = readFileSync(new URL('../../../docs/daily-review.sh', import.meta.url), 'utf8');
const missing = ['bash', 'curl', 'jq'].filter((program) => spawnSync(program, ['--version']).error);
const lacks = missing.length > 0 ? `${missing.join(', ')} not installed` : unavailable('kafka') || unavailable('redis');
const patiently = { timeout: 100_000, interval: 2_000 };

describe.skipIf(lacks)(`the daily review script${lacks ? ` (skipped: ${lacks})` : ''}`, { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-review-'));
  let product: MeshProcess;
  beforeAll(async () => {
    product = await startMeshProcess({
      app: 'all-in-one',
      name: 'product',
      env: {
        OMNINODE_DATA_DIR: folder,
        OMNINODE_COLLECTORS_DATABASE_FAST_INTERVAL: '2s',
        OMNINODE_COLLECTORS_KAFKA_MEDIUM_INTERVAL: '5s',
        OMNINODE_HISTORY_WRITE_EVERY: '5s',
      },
    });
  }, 90_000);
  afterAll(async () => {
    await product?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('it begins with what the document calls it, and asks where the product listens', () => {
    expect(script).toMatch(/^#!\/bin\/bash\n# Daily performance review script\n/);
    expect(script.match(/http:\/\/localhost:8080\//g)).toHaveLength(5);
  });

  test('every section says something true within the first minutes', async () => {
    await expect
      .poll(async () => sectionsOf(await review(product.url)), patiently)
      .toEqual([
        expect.stringMatching(/^"(healthy|degraded)"$/),
        expect.stringMatching(
          /^omninode_database_connection_pool_utilization_ratio\{target="demo-postgres".*\} 0\.\d+$/m,
        ),
        expect.stringMatching(
          /^omninode_kafka_consumer_group_throughput_messages_total\{target="demo-kafka".*\} \d+$/m,
        ),
        expect.stringMatching(/^omninode_cache_hit_rate_ratio\{.*\} (0(\.\d+)?|1)$/m),
        expect.stringMatching(/^\[.*\]$/),
      ]);
    const [, , , memory, slowest = '[]'] = sectionsOf(await review(product.url));
    expect(memory).toMatch(/^omninode_memory_usage_bytes\{.*\} [1-9]\d*$/m);
    const operations = JSON.parse(slowest) as { service: string; count: number; p95_seconds: number }[];
    expect(operations.length).toBeGreaterThan(0);
    expect(operations.length).toBeLessThanOrEqual(5);
    expect(operations).toEqual(operations.toSorted((a, b) => b.p95_seconds - a.p95_seconds));
    expect(operations).toContainEqual(expect.objectContaining({ service: 'demo-bridge' }));
    for (const { count, p95_seconds } of operations) {
      expect(count).toBeGreaterThan(0);
      expect(p95_seconds).toBeGreaterThan(0);
    }
  });
});

/** What the script prints. Only the address is another one: a test takes a port that is free. */
async function review(url: string): Promise<string> {
  const elsewhere = script.replaceAll('http://localhost:8080', url);
  const { stdout } = await promisify(execFile)('bash', ['-c', elsewhere], { timeout: 30_000 });
  return stdout;
}

/** The five sections without their headings. */
function sectionsOf(printed: string): string[] {
  return printed
    .split(/^\d\. .*$/m)
    .slice(1)
    .map((section) => section.trim());
}
