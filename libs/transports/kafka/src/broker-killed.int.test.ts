import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames, type Bus, type BusRecord } from '@omninode/contracts';
import { startKafka, unavailable, type KafkaCluster } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openKafkaBus } from './kafka-bus.js';
import { testTiming } from './testing/timing.js';

const topics = topicNames('failover');
const { measurement } = topics;
const partitions = 6;

describe.skipIf(unavailable('kafka'))('three brokers', () => {
  let kafka: KafkaCluster;
  beforeAll(async () => {
    kafka = await startKafka({ nodes: 3 });
  });
  afterAll(() => kafka?.stop());

  test(
    'lose no acknowledged record when one is killed, and publishing and consuming go on',
    { timeout: 120_000 },
    async () => {
      const bus = openKafkaBus({
        connection: { brokers: kafka.brokers, clientId: 'failover' },
        topics,
        partitions,
        timing: testTiming,
      });
      try {
        expect(await bus.prepareTopics()).toEqual([]);
        const applied = new Map<string, string>();
        await bus.consume({
          topic: measurement,
          group: 'survivor',
          async onBatch({ records, isCurrent }) {
            if (isCurrent()) for (const record of records) applied.set(placeOf(record), record.value!.toString());
          },
        });
        const traffic = publishUntil(bus);
        await sleep(2_000);
        const killedAt = performance.now();
        await kafka.kill(1);
        const before = traffic.acknowledged.size;
        await vi.waitFor(() => expect(traffic.acknowledged.size).toBeGreaterThan(before + 20 * partitions), 40_000);
        const backMs = performance.now() - killedAt;
        await traffic.stop();

        const found = new Map<string, string>();
        for (let partition = 0; partition < partitions; partition++) {
          await bus.readToEnd(measurement, partition, (record) => found.set(placeOf(record), record.value!.toString()));
        }
        const { acknowledged } = traffic;
        expect([...acknowledged].filter(([place, value]) => found.get(place) !== value)).toEqual([]);
        await vi.waitFor(() => expect([...found].filter(([place]) => !applied.has(place))).toEqual([]), 40_000);
        console.log(
          `${acknowledged.size} acknowledged, ${found.size} in the topic; publishing was back after ${Math.round(backMs)} ms`,
        );
        expect(await bus.close()).toEqual({ undelivered: 0 });
      } finally {
        await bus.close();
      }
    },
  );
});

/** One record to each partition again and again; a rejection ends the test. */
function publishUntil(bus: Bus) {
  const acknowledged = new Map<string, string>();
  let stopped = false;
  const running = (async () => {
    for (let nth = 0; !stopped; nth++) {
      const value = Buffer.from(String(nth));
      const records = Array.from({ length: partitions }, (_, partition) => ({
        topic: measurement,
        partition,
        key: `key-${partition}`,
        value,
      }));
      for (const position of await bus.publish(records)) acknowledged.set(placeOf(position), String(nth));
      await sleep(5);
    }
  })();
  running.catch(() => undefined);
  return {
    acknowledged,
    async stop() {
      stopped = true;
      await running;
    },
  };
}

function placeOf({ partition, offset }: Pick<BusRecord, 'partition' | 'offset'>): string {
  return `${partition}/${offset}`;
}
