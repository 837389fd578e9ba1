import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeptLogger, RecordingWriter } from '@omninode/collector-kit/testing';
import { topicNames } from '@omninode/contracts';
import type { Bus, MeasurementPublisher, ProducerIdentity } from '@omninode/contracts';
import { openEmbeddedBus } from '@omninode/transport-embedded';
import { expect, onTestFinished, test } from 'vitest';
import { PlatformBreakers } from './platform-breakers.js';
import { platformConfig } from './platform.config.js';

const soon = { timeout: 10_000, interval: 20 };
/** The embedded bus has the topics that it is told of: one of its own bears the name of the platform's. */
const topic = 'onex.evt.omnibase-infra.circuit-breaker.v1';
const topics = { ...topicNames(), alert: topic };
const series = (metric: string, more = '') => `omninode_circuit_breaker_${metric}{component="kafka_operations"${more}}`;

async function openBus(partitions = 1): Promise<Bus> {
  const folder = await mkdtemp(join(tmpdir(), 'omninode-platform-'));
  const bus = openEmbeddedBus({ folder, topics, partitions });
  await bus.prepareTopics();
  onTestFinished(async () => {
    await bus.close();
    await rm(folder, { recursive: true });
  });
  return bus;
}

/** What each producer wrote, in the order in which they were opened. */
class Opened implements MeasurementPublisher {
  readonly all: { readonly identity: ProducerIdentity; readonly writer: RecordingWriter }[] = [];

  open(identity: ProducerIdentity): RecordingWriter {
    const writer = new RecordingWriter();
    this.all.push({ identity, writer });
    return writer;
  }

  latest(name: string): number | undefined {
    return this.all.at(-1)?.writer.latest(name);
  }
}

function begin(
  bus: Bus,
  changed: { readonly interval?: string; readonly believeFor?: string; readonly nowMs?: () => number } = {},
) {
  const { nowMs = Date.now, ...settings } = changed;
  const [publisher, logger] = [new Opened(), new KeptLogger()];
  const config = platformConfig.parse({ interval: '1s', ...settings });
  const reader = new PlatformBreakers({
    config,
    bus,
    memoryTopic: topics.memory,
    publisher,
    logger,
    owner: `test/${Math.random()}`,
    nowMs,
  });
  reader.start();
  onTestFinished(() => reader.stop());
  return { reader, publisher, logger };
}

const tell = (bus: Bus, ...changes: readonly [from: string, to: string, atMs: number][]) =>
  bus.publish(
    changes.map(([previous_state, state, atMs]) => ({
      topic,
      key: 'kafka_operations',
      value: Buffer.from(
        JSON.stringify({
          payload: {
            service_name: 'kafka_operations',
            state,
            previous_state,
            failure_count: 4,
            threshold: 4,
            timestamp: new Date(atMs).toISOString(),
          },
        }),
      ),
    })),
  );

test('every change is counted, the recovery is exact, and the next owner goes on', async () => {
  const bus = await openBus();
  const atMs = Date.now() - 60_000;
  const first = begin(bus);
  await expect.poll(() => first.reader.hasJoined, soon).toBe(true);
  await tell(
    bus,
    ['closed', 'open', atMs],
    ['open', 'half_open', atMs + 30_000],
    ['half_open', 'closed', atMs + 30_200],
  );
  await expect.poll(() => first.publisher.latest(series('trips_total')), soon).toBe(1);
  expect(first.publisher.latest(series('recovery_seconds'))).toBeCloseTo(30.2);
  expect(first.publisher.latest(series('status', ',criticality="high",state="closed"'))).toBe(1);
  expect(first.publisher.latest(series('config_failure_threshold'))).toBe(4);
  const [{ identity, writer }] = first.publisher.all as [(typeof first.publisher.all)[0]];
  expect(
    writer.events('circuit_breaker.transition').map(({ attributes: { from, to, failures } }) => [from, to, failures]),
  ).toEqual([
    ['closed', 'open', 4],
    ['open', 'half_open', 4],
    ['half_open', 'closed', 4],
  ]);
  await first.reader.stop();
  expect(writer.closedAtMs).toBeDefined();

  await tell(bus, ['closed', 'open', atMs + 50_000]); // nobody reads just now
  const second = begin(bus);
  await expect.poll(() => second.publisher.latest(series('trips_total')), soon).toBe(2);
  expect(second.publisher.all[0]!.identity).toMatchObject({
    entity: identity.entity,
    labels: { target: `${topic}-0` },
  });
  expect(second.publisher.all[0]!.identity.incarnation).toBeGreaterThan(identity.incarnation);
});

test('states and the time in them go on without events, and are not believed for ever', async () => {
  const bus = await openBus();
  let offsetMs = 0;
  const { publisher } = begin(bus, { believeFor: '10m', nowMs: () => Date.now() + offsetMs });
  await tell(bus, ['closed', 'open', Date.now()]);
  await expect.poll(() => publisher.latest(series('state_seconds_total', ',state="open"')), soon).toBeGreaterThan(0.5);
  offsetMs = 3_600_000;
  await expect.poll(() => publisher.latest(series('status', ',criticality="high",state="unknown"')), soon).toBe(1);
  expect(publisher.latest(series('status', ',criticality="high",state="closed"'))).toBe(0);
  expect(publisher.latest(series('trips_total'))).toBe(1);
});

test('what is no event is passed over and told once', async () => {
  const bus = await openBus();
  const { publisher, logger } = begin(bus);
  for (const value of [Buffer.from('{"no":"event"}'), null, Buffer.from([0xff, 0x00])])
    await bus.publish([{ topic, key: 'x', value }]);
  await tell(bus, ['closed', 'open', Date.now()]);
  await expect.poll(() => publisher.latest(series('trips_total')), soon).toBe(1);
  expect(logger.lines.filter(({ sentence }) => sentence.includes('are no breaker events'))).toHaveLength(1);
});

test('two readers share the partitions, and the one that stays has them all', async () => {
  const bus = await openBus(4);
  const [one, other] = [begin(bus), begin(bus)];
  const opened = () => one.publisher.all.length + other.publisher.all.length;
  await expect.poll(opened, soon).toBeGreaterThanOrEqual(4);
  await tell(bus, ['closed', 'open', Date.now()]);
  const trips = () =>
    [one, other].map(
      ({ publisher }) =>
        publisher.all
          .findLast(({ writer }) => writer.latest(series('trips_total')))
          ?.writer.latest(series('trips_total')) ?? 0,
    );
  await expect.poll(() => Math.max(...trips()), soon).toBe(1);
  await one.reader.stop();
  await tell(bus, ['half_open', 'closed', Date.now()], ['closed', 'open', Date.now()]);
  await expect.poll(() => trips()[1], soon).toBe(2);
});

test('a topic that is not there is looked for, and stopping does not wait for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'omninode-platform-'));
  const bus = openEmbeddedBus({ folder });
  await bus.prepareTopics();
  const { reader, logger } = begin(bus);
  await expect
    .poll(() => logger.lines.map(({ sentence }) => sentence), soon)
    .toEqual(["The platform's breaker events can not be read yet."]);
  await reader.stop();
  await bus.close();
  await rm(folder, { recursive: true });
});
