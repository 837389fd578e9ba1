import { setTimeout as sleep } from 'node:timers/promises';
import { startPrometheus, unavailable, type WebServer } from '@omninode/local-services';
import { loadMetric } from '@omninode/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMeshOnKafka, type MeshOnKafka } from './testing/mesh-on-kafka.js';
import { untilShared } from './testing/proof.js';

const entities = 12;
const seriesOfEach = 10;

describe.skipIf(unavailable('kafka') || unavailable('prometheus'))(
  'a real Prometheus that scrapes all replicas with honor_labels',
  { timeout: 120_000 },
  () => {
    let mesh: MeshOnKafka;
    let prometheus: WebServer;
    beforeAll(async () => {
      mesh = await startMeshOnKafka({ aggregators: 2, entities });
      prometheus = await startPrometheus({
        configuration: JSON.stringify({
          scrape_configs: [
            {
              job_name: 'omninode',
              scrape_interval: '500ms',
              scrape_timeout: '500ms',
              honor_labels: true,
              static_configs: [{ targets: mesh.aggregators.map(({ url }) => new URL(url).host) }],
            },
          ],
        }),
      });
    });
    afterAll(async () => {
      await prometheus?.stop();
      await mesh?.end();
    });

    test('sees one series where there is one, and no reset when its partition moves to another replica', async () => {
      await untilShared(mesh, [6, 6]);
      await expect
        .poll(() => query(`count(${loadMetric})`), { timeout: 20_000 })
        .toEqual([String(entities * seriesOfEach)]);
      await sleep(5_000);
      await mesh.aggregators[1]!.kill();
      await untilShared(mesh, [12]);
      await sleep(5_000);

      // Every series came back, and is the same as before: none has a second one under another instance.
      expect(await query(`count(${loadMetric})`)).toEqual([String(entities * seriesOfEach)]);
      expect(await query(`count(count_over_time(${loadMetric}[2m]))`)).toEqual([String(entities * seriesOfEach)]);
      expect(await query(`count by (instance) (${loadMetric})`)).toHaveLength(1);
      expect(await query(`sum(resets(${loadMetric}[2m]))`)).toEqual(['0']);
      // What it saw of each counter at most is what was written at most.
      const [seen] = await query(`max(max_over_time(${loadMetric}[2m]))`);
      expect(Number(seen)).toBeLessThanOrEqual(Math.max(...mesh.load.written.values()));
      // A replica's own figures still tell which replica they are of.
      expect(await query('count by (instance) (process_resident_memory_bytes)')).toHaveLength(1);
    });

    async function query(text: string): Promise<string[]> {
      const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(text)}`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return data.result.map(({ value }) => value[1]);
    }
  },
);
