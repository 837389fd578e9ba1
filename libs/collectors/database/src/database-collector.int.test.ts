import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUS, MeshServer, TOPICS } from '@omninode/bus';
import type { Collector } from '@omninode/collector-kit';
import { measurementsOn } from '@omninode/collector-kit/testing';
import type { Bus, DecodedRecord, Topics } from '@omninode/contracts';
import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { createLogger, Secret, startService } from '@omninode/service-kit';
import type { Target } from '@omninode/service-kit';
import { EmbeddedTransportModule, openEmbeddedBus } from '@omninode/transport-embedded';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { DATABASE_COLLECTOR, databaseCollectorModule } from './database-collector.module.js';
import { databaseConfig } from './database.config.js';
import { ask } from './testing/ask.js';

const soon = { timeout: 15_000, interval: 100 };
let server: PostgresServer;
let folder: string;
beforeAll(async () => {
  server = await startPostgres({ authentication: { password: 'p@ss/w0rd' } });
  folder = await mkdtemp(join(tmpdir(), 'omninode-database-'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

test('in a service on a real bus: configured and announced targets, claims, statuses, a clean end', async () => {
  await writeFile(join(folder, 'orders-db'), 'p@ss/w0rd\n');
  await writeFile(join(folder, 'orders-db.hosts'), '127.0.0.1\n');
  const configured = target('users', server.url('omninode'));
  const service = await start([configured, target('gone', 'postgres://omninode@127.0.0.1:1/x'), cache]);
  const { bus, topics, records } = service;
  const address = `postgres://omninode@127.0.0.1:${server.port}/postgres`;
  const announcement = {
    v: 1,
    id: 'orders',
    kind: 'database',
    address,
    secrets: { password: 'orders-db' },
    time: Date.now(),
  };
  await bus.publish([{ topic: topics.target, key: 'orders', value: Buffer.from(JSON.stringify(announcement)) }]);

  const status = (id: string, family: string) =>
    service.collector
      .targets()
      .find((owned) => owned.id === id)
      ?.families.find((of) => of.family === family)?.status;
  await expect.poll(() => status('users', 'statements'), soon).toBe('ok');
  await expect.poll(() => status('orders', 'statements'), soon).toBe('ok');
  await expect.poll(() => status('gone', 'statements'), soon).toBe('unreachable');
  expect(
    service.collector
      .targets()
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(['gone', 'orders', 'users']);
  expect(service.collector.hasJoined).toBe(true);

  await service.close();
  const sessions = `select count(*) from pg_stat_activity where application_name = 'omninode-mesh'`;
  await expect.poll(() => ask(server.url(), sessions), soon).toEqual([{ count: '0' }]);
  const decoded = await records();
  for (const id of ['users', 'orders', 'gone']) {
    const own = decoded.filter(({ entity }) => entity === id);
    expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, at) => at + 1));
    expect(own[0]).toMatchObject({ producer: `database/${id}`, encoding: 'columns' });
    expect(own.at(-1)?.close).toEqual({ dropped: 0 });
  }
  const names = new Set(decoded.flatMap(({ dictionary }) => dictionary?.metrics.map(({ name }) => name) ?? []));
  for (const word of ['connection_pool', 'query_time']) {
    expect(
      [...names].some((name) => name.includes(word)),
      word,
    ).toBe(true); // the strategy document's report looks for them
  }
  expect(JSON.stringify(decoded)).not.toMatch(/w0rd/);
  expect(service.log.join('\n')).not.toMatch(/w0rd/);
});

test('a service starts and stops while its databases and secrets are away', async () => {
  const service = await start([target('gone', 'postgres://omninode@127.0.0.1:1/x')]);
  const { bus, topics } = service;
  const announcement = {
    v: 1,
    id: 'lost',
    kind: 'database',
    address: 'postgres://db/x',
    secrets: { password: 'nowhere' },
    time: Date.now(),
  };
  await bus.publish([{ topic: topics.target, key: 'lost', value: Buffer.from(JSON.stringify(announcement)) }]);
  await expect.poll(() => service.log.join('\n'), soon).toContain('Its secret nowhere is not for db.');
  await writeFile(join(folder, 'nowhere.hosts'), 'db\n');
  await bus.publish([{ topic: topics.target, key: 'lost', value: Buffer.from(JSON.stringify(announcement)) }]);
  await expect.poll(() => service.log.join('\n'), soon).toContain('Its secret nowhere can not be read');
  await service.close();
});

const cache: Target = {
  id: 'sessions',
  kind: 'cache',
  url: new Secret('redis://127.0.0.1:1'),
  labels: {},
  options: {},
};

function target(id: string, url: string): Target {
  return { id, kind: 'database', url: new Secret(url), labels: { site: 'ams' }, options: {} };
}

async function start(targets: readonly Target[]) {
  const log: string[] = [];
  const logger = createLogger({ service: 'test', format: 'json', destination: { write: (line) => log.push(line) } });
  const config = databaseConfig.parse({ fastInterval: '1s', mediumInterval: '5s', secretsFolder: folder });
  const busFolder = await mkdtemp(join(folder, 'bus-'));
  const { app, stop } = await startService(
    'test',
    ({ readiness }) => [
      EmbeddedTransportModule.forRoot({ folder: busFolder }),
      databaseCollectorModule({ config, targets, logger, readiness }),
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
    collector: app.get<Collector>(DATABASE_COLLECTOR),
  };
}

/** All that was measured, read when the service has ended, its last flush included. */
function measurements(busFolder: string, topics: Topics): Promise<DecodedRecord[]> {
  return measurementsOn(openEmbeddedBus({ folder: busFolder }), topics.measurement);
}
