import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUS, MeshServer, TOPICS } from '@omninode/bus';
import type { Collector } from '@omninode/collector-kit';
import { measurementsOn } from '@omninode/collector-kit/testing';
import type { Bus, DecodedRecord, Topics } from '@omninode/contracts';
import { startKafka, unavailable } from '@omninode/local-services';
import type { KafkaCluster } from '@omninode/local-services';
import { createLogger, startService } from '@omninode/service-kit';
import { EmbeddedTransportModule, openEmbeddedBus } from '@omninode/transport-embedded';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { KAFKA_COLLECTOR, kafkaCollectorModule } from './kafka-collector.module.js';
import { kafkaConfig } from './kafka.config.js';
import { kafkaTargetOptions } from './kafka-target.js';
import { clusterHands } from './testing/cluster-hands.js';

const soon = { timeout: 20_000, interval: 100 };

describe.skipIf(unavailable('kafka'))('in a service on a real bus', { timeout: 60_000 }, () => {
  let cluster: KafkaCluster;
  let folder: string;
  beforeAll(async () => {
    cluster = await startKafka();
    folder = await mkdtemp(join(tmpdir(), 'omninode-kafka-collector-'));
  });
  afterAll(async () => {
    await cluster?.stop();
    await rm(folder, { recursive: true });
  });

  test('targets of the file and announced ones, options of the file, claims, statuses, a clean end; totals go on with the next owner', async () => {
    const hands = await clusterHands(cluster);
    await hands.createTopics({ 'orders.dlq': 1, orders: 1 });
    const configuration = join(folder, 'omninode.yaml');
    await writeFile(
      configuration,
      `targets:
  - { id: events, kind: kafka, url: '${cluster.brokers[0]}', labels: { site: ams } }
  - { id: gone, kind: kafka, url: 'kafka+ssl://mon:s3cret@127.0.0.1:1', mechanism: plain }
collectors:
  kafka: { fastInterval: 1s, mediumInterval: 1s, topics: { exclude: ['^orders$'] } }
`,
    );
    const busFolder = await mkdtemp(join(folder, 'bus-'));
    const first = await start(configuration, busFolder);
    const announcement = { v: 1, id: 'more', kind: 'kafka', address: cluster.brokers.join(','), time: Date.now() };
    await first.bus.publish([
      { topic: first.topics.target, key: 'more', value: Buffer.from(JSON.stringify(announcement)) },
    ]);
    await expect.poll(() => first.status('events', 'dead-letters'), soon).toBe('ok');
    await expect.poll(() => first.status('more', 'dead-letters'), soon).toBe('ok');
    await expect.poll(() => first.status('gone', 'cluster'), soon).toBe('unreachable');
    expect(first.collector.hasJoined).toBe(true);
    await hands.produce('orders.dlq', 3);
    await first.close();
    await hands.produce('orders.dlq', 4);

    const second = await start(configuration, busFolder);
    await expect.poll(() => second.status('events', 'sweep-cost'), soon).toBe('ok');
    await second.close();
    await hands.close();

    const records = await measurements(busFolder, second.topics);
    const totals = deadLettersOf(records, 'events');
    expect(totals.at(0)).toBe(0);
    expect(totals.at(-1)).toBe(7);
    expect(totals).toEqual(totals.toSorted((a, b) => a - b)); // no counter was reset by the next owner
    const names = new Set(records.flatMap(({ dictionary }) => dictionary?.metrics.map(({ name }) => name) ?? []));
    for (const word of ['omninode_dead_letter_messages_total', 'omninode_kafka_topic_throughput_messages_total'])
      expect(names).toContain(word);
    const said = JSON.stringify(records) + first.log.join('') + second.log.join('');
    expect(said).not.toContain('s3cret');
    expect(JSON.stringify(records)).not.toContain('"orders"');
  });

  async function start(file: string, busFolder: string) {
    const log: string[] = [];
    const logger = createLogger({ service: 'test', format: 'json', destination: { write: (line) => log.push(line) } });
    const { app, stop } = await startService(
      'test',
      ({ configuration, readiness }) => [
        EmbeddedTransportModule.forRoot({ folder: busFolder }),
        kafkaCollectorModule({
          config: configuration.collectors.kafka,
          targets: configuration.targets,
          logger,
          readiness,
        }),
      ],
      {
        logger,
        strategy: MeshServer,
        sections: { collectors: z.object({ kafka: kafkaConfig }) },
        targetOptions: { kafka: kafkaTargetOptions },
        env: { OMNINODE_CONFIG: file },
        defaults: { 'http.port': 0 },
      },
    );
    const collector = app.get<Collector>(KAFKA_COLLECTOR);
    const close = async () => expect(await stop()).toMatchObject({ exitCode: 0 });
    onTestFinished(async () => void (await stop()));
    return {
      bus: app.get<Bus>(BUS),
      topics: app.get<Topics>(TOPICS),
      collector,
      log,
      close,
      status: (id: string, family: string) =>
        collector
          .targets()
          .find((owned) => owned.id === id)
          ?.families.find((of) => of.family === family)?.status,
    };
  }
});

/** All that was measured, read when the service has ended, its last flush included. */
function measurements(busFolder: string, topics: Topics): Promise<DecodedRecord[]> {
  return measurementsOn(openEmbeddedBus({ folder: busFolder }), topics.measurement);
}

/** All values of the total of dead letters of a target, in the order of time, over all owners. None of its series is a histogram. */
function deadLettersOf(records: readonly DecodedRecord[], target: string): number[] {
  const own = records.filter(({ entity }) => entity === target);
  const values = [...Map.groupBy(own, ({ incarnation }) => incarnation).values()].flatMap((of) => {
    const names: string[] = [];
    return of.flatMap(({ dictionary, data, timeMs }) => {
      for (const [at, [metric]] of (dictionary?.series ?? []).entries())
        names[(dictionary?.from ?? 0) + at] = dictionary?.metrics[metric]?.name ?? '';
      const series = data?.indexes ?? Array.from({ length: data?.known ?? 0 }, (_, at) => at);
      return series.flatMap((index, at) =>
        names[index] === 'omninode_dead_letter_messages_total' ? [{ timeMs, value: data?.values[at] ?? NaN }] : [],
      );
    });
  });
  return values.toSorted((a, b) => a.timeMs - b.timeMs).map(({ value }) => value);
}
