import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module, UseInterceptors, type CallHandler, type NestInterceptor, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { BUS, ConsumeTopic, MeshServer, PartitionAssigned, PartitionRevoked, busErrors } from '@omninode/bus';
import { topicNames, type Bus, type BusRecord, type PartitionAssignment, type RecordBatch } from '@omninode/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEmbeddedBus } from './embedded-bus.js';
import { EmbeddedTransportModule } from './embedded-transport.module.js';

const topics = topicNames();
const { measurement, alert, deadLetter } = topics;
let folder: string;
let stop: (() => Promise<unknown>)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-nest-'));
  stop = [];
});
afterEach(async () => {
  for (const each of stop.reverse()) await each();
  rmSync(folder, { recursive: true, force: true });
});

describe('a decorated controller', () => {
  test('gets batches where its hook says, and again, whole, after it threw', async () => {
    const batches: RecordBatch[] = [];
    const events: string[] = [];

    @Controller()
    class Aggregator {
      @PartitionAssigned('measurement')
      async restore({ partition, signal }: PartitionAssignment) {
        expect(signal.aborted).toBe(false);
        events.push(`assigned ${partition}`);
        return partition === 1 ? 2 : 'beginning';
      }

      @ConsumeTopic('measurement', { group: 'aggregator', commit: false })
      async take(@Payload() batch: RecordBatch) {
        batches.push(batch);
        if (batches.length === 1) (undefined as unknown as Buffer).toString();
      }

      @PartitionRevoked('measurement')
      async snapshot(partition: number) {
        events.push(`revoked ${partition}`);
      }
    }

    const { bus, close } = await start(Aggregator);
    await publish(bus, measurement, 1, 5);
    await vi.waitFor(() => expect(batches).toHaveLength(2));
    expect(batches.map(({ records }) => records.map(({ offset }) => offset))).toEqual([
      [2, 3, 4],
      [2, 3, 4],
    ]);
    expect(batches[0]).toMatchObject({ topic: measurement, partition: 1, endOffset: 5 });
    expect(await close()).toBe(0);
    expect(events.sort()).toEqual([0, 1, 2, 3].flatMap((nth) => [`assigned ${nth}`, `revoked ${nth}`]).sort());
  });

  test('belongs to a group of the mesh, which goes on after a new start', async () => {
    const seen: BusRecord[] = [];

    @Controller()
    class Mailer {
      @ConsumeTopic('alert', { group: 'mail' })
      async send({ records }: RecordBatch) {
        seen.push(...records);
      }
    }

    const first = await start(Mailer);
    await publish(first.bus, alert, 0, 3);
    await vi.waitFor(() => expect(seen).toHaveLength(3));
    await first.close();

    // The same group by its full name, without Nest: it goes on where the controller stopped.
    const bus = openEmbeddedBus({ folder });
    await publish(bus, alert, 0, 1);
    const onBatch = async ({ records }: RecordBatch) => void seen.push(...records);
    await bus.consume({ topic: alert, group: 'omninode-mesh.mail', onBatch });
    await vi.waitFor(() => expect(seen).toHaveLength(4));
    expect(seen.map(({ offset }) => offset)).toEqual([0, 1, 2, 3]);
    await bus.close();
  });

  test.for([
    ['alone', undefined],
    [
      'behind an interceptor',
      class implements NestInterceptor {
        intercept(_: unknown, next: CallHandler) {
          return next.handle();
        }
      },
    ],
  ] as const)('%s: its own error reaches the delivery rules', async ([, interceptor]) => {
    @Controller()
    class Poisoned {
      @ConsumeTopic('alert', { group: 'poisoned', maxAttempts: 2 })
      async take() {
        throw new RangeError('its own');
      }
    }
    if (interceptor) UseInterceptors(interceptor)(Poisoned);

    const { bus } = await start(Poisoned);
    await publish(bus, alert, 2, 1);
    const letters: BusRecord[] = [];
    await bus.follow({ topic: deadLetter, onRecord: (record) => letters.push(record) });
    await vi.waitFor(() => expect(letters).toHaveLength(1));
    // Nest would have made { status, message } of it.
    expect(letters[0]!.headers).toMatchObject({ 'dead-letter.detail': 'RangeError', 'dead-letter.offset': '0' });
  });
});

describe('the start', () => {
  test('fails with the transport’s own words where the folder is in use', async () => {
    const other = openEmbeddedBus({ folder });
    await expect(start(class Nothing {})).rejects.toMatchObject({ code: 'FOLDER_IN_USE' });
    await other.close();
  });

  test('fails where two handlers want the same group and topic', async () => {
    @Controller()
    class One {
      @ConsumeTopic('alert', { group: 'mail' })
      async take() {}
    }
    @Controller()
    class Two {
      @ConsumeTopic('alert', { group: 'mail' })
      async take() {}
    }
    await expect(start(One, Two)).rejects.toMatchObject({ code: 'CONSUMER_DECLARED_TWICE' });
  });

  test('does not wait for a bus that is away, and says when it came', async () => {
    const bus = openEmbeddedBus({ folder });
    let failures = 2;
    const away: Bus = {
      ...bus,
      prepareTopics: () =>
        failures-- > 0
          ? Promise.reject(busErrors.PUBLISH_TIMED_OUT({ topic: alert, timeoutMs: 1 }))
          : bus.prepareTopics(),
    };
    const server = new MeshServer(away, topics);
    const statuses: string[] = [];
    server.status.subscribe((status) => statuses.push(status));
    const started = Promise.withResolvers<unknown>();
    server.listen((error) => (error ? started.reject(error as Error) : started.resolve(undefined)));
    await started.promise;
    expect(statuses).toEqual(['disconnected']);
    await vi.waitFor(() => expect(statuses).toEqual(['disconnected', 'connected']));
    expect(server.unwrap<Bus>()).toBe(away);
    expect(() => server.on('ready')).toThrow(expect.objectContaining({ code: 'EVENTS_UNSUPPORTED' }));
    await server.close();
    expect(statuses.at(-1)).toBe('disconnected');
    await bus.close();
  });

  test('fails where a topic can not be used as it is', async () => {
    const before = openEmbeddedBus({ folder, partitions: 2 });
    await before.prepareTopics();
    await before.close();
    await expect(start(class Nothing {})).rejects.toMatchObject({
      code: 'TOPICS_UNFIT',
      message: expect.stringContaining('2 partitions'),
    });
  });
});

async function start(...controllers: Type[]): Promise<{ bus: Bus; close(): Promise<number> }> {
  let undelivered: number | undefined;
  const transport = EmbeddedTransportModule.forRoot({ folder, onClosed: (count) => (undelivered = count) });

  @Module({ imports: [transport], controllers })
  class Service {}

  const app = await NestFactory.create(Service, new FastifyAdapter(), { logger: false, abortOnError: false });
  const close = async () => {
    await app.close();
    return undelivered!;
  };
  stop.push(close);
  app.connectMicroservice({ strategy: app.get(MeshServer) });
  await app.startAllMicroservices();
  return { bus: app.get<Bus>(BUS), close };
}

async function publish(bus: Bus, topic: string, partition: number, count: number): Promise<void> {
  await bus.publish(
    Array.from({ length: count }, (_, nth) => ({ topic, partition, key: 'k', value: Buffer.from(`${nth}`) })),
  );
}
