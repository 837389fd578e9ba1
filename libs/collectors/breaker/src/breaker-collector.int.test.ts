import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUS, MeshServer, TOPICS } from '@omninode/bus';
import type { Collector } from '@omninode/collector-kit';
import { measurementsOn } from '@omninode/collector-kit/testing';
import type { Bus, DecodedRecord, Topics } from '@omninode/contracts';
import { createLogger, Secret, startService } from '@omninode/service-kit';
import type { Target } from '@omninode/service-kit';
import { EmbeddedTransportModule, openEmbeddedBus } from '@omninode/transport-embedded';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { BREAKER_COLLECTOR, breakerCollectorModule } from './breaker-collector.module.js';
import { breakerConfig } from './breaker.config.js';
import { breakerTargetOptions } from './breaker-target.js';
import { PlatformBreakersModule } from './platform/platform-breakers.module.js';
import { page, serve } from './testing/serve.js';

const soon = { timeout: 15_000, interval: 50 };
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'omninode-breaker-'))));
afterAll(() => rm(folder, { recursive: true }));

test('in a service on a real bus: configured and announced targets, trips over a restart, a clean end', async () => {
  let openings = 0;
  const url = await serve((request, response) => {
    if (request.url === '/private' && request.headers.authorization !== 'Bearer t0ken')
      return void response.writeHead(401).end();
    page(
      () =>
        `process_start_time_seconds 1000\nft_circuitbreaker_opened_total{method="pay"} ${openings}\nft_circuitbreaker_state_current{method="pay",state="closed"} 1\n`,
    )(request, response);
  });
  await writeFile(join(folder, 'shop-token'), 't0ken\n');
  await writeFile(join(folder, 'shop-token.hosts'), '127.0.0.1\n');
  const targets = [target('shop', `${url}/metrics`), target('gone', 'http://127.0.0.1:9/metrics')];
  const busFolder = await mkdtemp(join(folder, 'bus-'));

  const first = await start(busFolder, targets);
  const announcement = {
    v: 1,
    id: 'private',
    kind: 'breaker',
    address: `${url}/private`,
    secrets: { token: 'shop-token' },
    time: Date.now(),
  };
  await first.bus.publish([
    { topic: first.topics.target, key: 'private', value: Buffer.from(JSON.stringify(announcement)) },
  ]);
  await expect.poll(() => first.status('shop'), soon).toBe('ok');
  await expect.poll(() => first.status('private'), soon).toBe('ok');
  await expect.poll(() => first.status('gone'), soon).toBe('unreachable');
  await first.close();

  openings = 2; // while no collector runs
  const second = await start(busFolder, targets);
  await expect.poll(() => second.status('shop'), soon).toBe('ok');
  await second.close();

  const decoded = await measurements(busFolder);
  expect(tripsOf(decoded, 'shop')).toEqual([0, 2]);
  expect(decoded.findLast(({ entity }) => entity === 'gone')?.close).toEqual({ dropped: 0 });
  expect(JSON.stringify(decoded) + first.log.join('\n')).not.toContain('t0ken');
});

function target(id: string, url: string): Target {
  return {
    id,
    kind: 'breaker',
    url: new Secret(url),
    labels: { site: 'ams' },
    options: breakerTargetOptions.parse({}),
  };
}

async function start(busFolder: string, targets: readonly Target[]) {
  const log: string[] = [];
  const logger = createLogger({ service: 'test', format: 'json', destination: { write: (line) => log.push(line) } });
  const config = breakerConfig.parse({ interval: '1s', secretsFolder: folder });
  const { app, stop } = await startService(
    'test',
    ({ readiness }) => [
      EmbeddedTransportModule.forRoot({ folder: busFolder }),
      breakerCollectorModule({ config, targets, logger, readiness }),
      PlatformBreakersModule.forRoot({ config: config.platform, logger }),
    ],
    { logger, strategy: MeshServer, env: {}, defaults: { 'http.port': 0 } },
  );
  const close = async () => expect(await stop()).toMatchObject({ exitCode: 0 });
  onTestFinished(close);
  const collector = app.get<Collector>(BREAKER_COLLECTOR);
  const status = (id: string) => collector.targets().find((owned) => owned.id === id)?.families[0]?.status;
  return { bus: app.get<Bus>(BUS), topics: app.get<Topics>(TOPICS), log, close, status };
}

/** All that was measured, read when the service has ended, its last flush included. */
function measurements(busFolder: string): Promise<DecodedRecord[]> {
  return measurementsOn(openEmbeddedBus({ folder: busFolder }), 'onex.evt.omninode-mesh.measurement.v1');
}

/** The values that the trips of a target's breaker took one after another, over all incarnations of its producer. */
function tripsOf(decoded: readonly DecodedRecord[], entity: string): number[] {
  const values: number[] = [];
  const seriesOf = new Map<number | null, number>();
  for (const { incarnation, dictionary, data } of decoded.filter((record) => record.entity === entity)) {
    const at =
      dictionary?.series.findIndex(
        ([metric]) => dictionary.metrics[metric]?.name === 'omninode_circuit_breaker_trips_total',
      ) ?? -1;
    if (dictionary && at >= 0) seriesOf.set(incarnation, dictionary.from + at);
    const series = seriesOf.get(incarnation);
    if (!data || series === undefined) continue;
    const place = data.indexes ? data.indexes.indexOf(series) : series;
    const value = data.values[place];
    if (place >= 0 && value !== undefined && value !== values.at(-1)) values.push(value);
  }
  return values;
}
