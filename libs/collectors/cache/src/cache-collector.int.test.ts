import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUS, MeshServer, TOPICS } from '@omninode/bus';
import type { Collector } from '@omninode/collector-kit';
import { measurementsOn } from '@omninode/collector-kit/testing';
import type { Bus, DecodedRecord, Topics } from '@omninode/contracts';
import { startRedis, unavailable } from '@omninode/local-services';
import { createLogger, Secret, startService } from '@omninode/service-kit';
import type { Target } from '@omninode/service-kit';
import { EmbeddedTransportModule, openEmbeddedBus } from '@omninode/transport-embedded';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CACHE_COLLECTOR, cacheCollectorModule } from './cache-collector.module.js';
import { cacheConfig } from './cache.config.js';
import { minimalAcl } from './minimal-acl.js';
import { askRedis } from './testing/ask-redis.reader.js';
import { asJson, startCacheService, workflowCacheStats } from './testing/cache-service.js';

const soon = { timeout: 15_000, interval: 100 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'omninode-cache-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.skipIf(unavailable('redis'))(
  'in a service on a real bus: a Redis, an application, an announced one, one that is away',
  async () => {
    const server = await startRedis({ password: 'admin-w0rd' });
    await askRedis(server.url, 'ACL', 'SETUSER', 'mesh', 'on', '>p@ss/w0rd', ...minimalAcl.split(' '));
    await writeFile(join(folder, 'sessions-cache'), 'p@ss/w0rd\n');
    await writeFile(join(folder, 'sessions-cache.hosts'), '127.0.0.1\n');
    const application = await startCacheService((response) => asJson(response, workflowCacheStats));
    const service = await start([
      target('users', server.url),
      target('workflow', application.url),
      target('gone', 'redis://127.0.0.1:1'),
      { ...target('orders', 'postgres://127.0.0.1:1/x'), kind: 'database' },
    ]);
    const { bus, topics, records } = service;
    const announcement = {
      v: 1,
      id: 'sessions',
      kind: 'cache',
      address: `redis://mesh@127.0.0.1:${server.port}`,
      secrets: { password: 'sessions-cache' },
      time: Date.now(),
    };
    await bus.publish([{ topic: topics.target, key: 'sessions', value: Buffer.from(JSON.stringify(announcement)) }]);

    const owned = () => service.collector.targets();
    const status = (id: string) =>
      owned()
        .find((one) => one.id === id)
        ?.families.find(({ family }) => family === 'memory')?.status;
    await expect
      .poll(() => ['users', 'sessions', 'workflow', 'gone'].map(status), soon)
      .toEqual(['ok', 'ok', 'ok', 'unreachable']);
    expect(
      owned()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['gone', 'sessions', 'users', 'workflow']);

    await service.close();
    const clients = async () => String(await askRedis(server.url, 'CLIENT', 'LIST')).includes('omninode-mesh');
    await expect.poll(clients, soon).toBe(false);
    const decoded = await records();
    for (const id of ['users', 'sessions', 'workflow', 'gone']) {
      const own = decoded.filter(({ entity }) => entity === id);
      expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, at) => at + 1));
      expect(own[0]).toMatchObject({ producer: `cache/${id}`, encoding: 'columns' });
      expect(own.at(-1)?.close).toEqual({ dropped: 0 });
    }
    expect(JSON.stringify(decoded)).not.toMatch(/w0rd/);
    expect(service.log.join('\n')).not.toMatch(/w0rd/);
    await server.stop();
  },
);

function target(id: string, url: string): Target {
  return { id, kind: 'cache', url: new Secret(url), labels: { site: 'ams' }, options: {} };
}

async function start(targets: readonly Target[]) {
  const log: string[] = [];
  const logger = createLogger({ service: 'test', format: 'json', destination: { write: (line) => log.push(line) } });
  const config = cacheConfig.parse({ interval: '1s', secretsFolder: folder });
  const busFolder = await mkdtemp(join(folder, 'bus-'));
  const { app, stop } = await startService(
    'test',
    ({ readiness }) => [
      EmbeddedTransportModule.forRoot({ folder: busFolder }),
      cacheCollectorModule({ config, targets, logger, readiness }),
    ],
    { logger, strategy: MeshServer, env: {}, defaults: { 'http.port': 0 } },
  );
  const bus = app.get<Bus>(BUS);
  const topics = app.get<Topics>(TOPICS);
  const close = async () => expect(await stop()).toMatchObject({ exitCode: 0 });
  onTestFinished(close);
  return {
    bus,
    topics,
    log,
    close,
    records: () => measurements(busFolder, topics),
    collector: app.get<Collector>(CACHE_COLLECTOR),
  };
}

/** All that was measured, read when the service has ended, its last flush included. */
function measurements(busFolder: string, topics: Topics): Promise<DecodedRecord[]> {
  return measurementsOn(openEmbeddedBus({ folder: busFolder }), topics.measurement);
}
