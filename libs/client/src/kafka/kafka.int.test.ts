import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka, unavailable } from '@omninode/local-services';
import type { KafkaCluster } from '@omninode/local-services';
import kafkajs from 'kafkajs';
import type { Consumer, EachMessagePayload, Kafka, Producer, Transaction } from 'kafkajs';
import { topicNames } from '@omninode/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientRig } from '../testing/client-rig.js';
import { KeptBus } from '../testing/kept-bus.js';
import { kafkaBus } from '../transport/kafka-bus.js';
import { tracedHandler } from './traced-handler.js';
import { tracedProducer } from './traced-producer.js';

const byClient = { client: 'orders' };

describe.skipIf(unavailable('kafka'))('kafkajs on a real broker', () => {
  let cluster: KafkaCluster;
  let kafka: Kafka;
  let producer: Producer;
  const consumers: Consumer[] = [];
  const { measurement } = topicNames();

  beforeAll(async () => {
    cluster = await startKafka();
    kafka = new kafkajs.Kafka({
      brokers: [...cluster.brokers],
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [
        ...['orders', 'audit', 'handled'].map((topic) => ({ topic, numPartitions: 2 })),
        { topic: measurement, numPartitions: 4 },
      ],
    });
    await admin.disconnect();
  });
  afterAll(async () => {
    await Promise.all(consumers.map((consumer) => consumer.disconnect()));
    await producer?.disconnect();
    await cluster.stop();
  });

  async function newProducer(options = {}): Promise<Producer> {
    producer = kafka.producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { retries: 1 },
      ...options,
    });
    await producer.connect();
    return producer;
  }

  const messages = (count: number) => Array.from({ length: count }, (_, nth) => ({ key: String(nth), value: 'x' }));

  test('sends are counted by topic, sized in messages and timed; a transaction is no exception', async () => {
    const { client, bus, pass, problems } = clientRig();
    const watched = kafka.producer({ transactionalId: 'orders-1', idempotent: true, maxInFlightRequests: 1 });
    const watch = client.watchProducer('orders', watched);
    await watched.connect();
    const transaction = await firstTransaction(watched);
    await transaction.send({ topic: 'orders', messages: messages(3) });
    await transaction.sendBatch({
      topicMessages: [
        { topic: 'orders', messages: messages(4) },
        { topic: 'audit', messages: messages(1) },
      ],
    });
    await transaction.commit();
    await pass();
    expect(bus.value('omninode_kafka_producer_messages_total', { ...byClient, topic: 'orders' })).toBe(7);
    expect(bus.value('omninode_kafka_producer_messages_total', { ...byClient, topic: 'audit' })).toBe(1);
    expect(bus.count('omninode_kafka_producer_batch_size_messages', byClient)).toBe(2);
    expect(bus.sum('omninode_kafka_producer_batch_size_messages', byClient)).toBe(8);
    expect(bus.count('omninode_kafka_producer_send_seconds', byClient)).toBe(2);
    expect(bus.sum('omninode_kafka_producer_send_seconds', byClient)).toBeGreaterThan(0);
    expect(bus.value('omninode_kafka_client_connected', byClient)).toBe(1);
    expect(bus.count('omninode_kafka_client_request_seconds', { ...byClient, api: 'Produce' })).toBeGreaterThanOrEqual(
      2,
    );
    await watched.disconnect();
    await pass();
    expect(bus.value('omninode_kafka_client_connected', byClient)).toBe(0);
    watch.stop();
    expect(problems).toEqual([]);
  });

  test('failures are counted by why, and are those of kafkajs', async () => {
    const { client, bus, pass } = clientRig();
    const watched = await newProducer();
    client.watchProducer('orders', watched);
    await expect(watched.send({ topic: 'missing', messages: messages(2) })).rejects.toMatchObject({
      name: 'KafkaJSNumberOfRetriesExceeded',
    });
    await expect(watched.send(undefined as never)).rejects.toThrow();
    await pass();
    expect(bus.value('omninode_kafka_producer_failed_messages_total', { ...byClient, topic: 'missing' })).toBe(2);
    expect(bus.series('omninode_kafka_producer_messages_total')).toEqual([]);
    const error_type = 'UNKNOWN_TOPIC_OR_PARTITION';
    expect(bus.value('omninode_kafka_producer_errors_total', { ...byClient, error_type })).toBe(1);
    await watched.disconnect();
  });

  test('batches, fetches, commits and what is left behind are counted; lag goes with the partitions', async () => {
    const { client, bus, pass, problems } = clientRig();
    const sender = await newProducer();
    await sender.send({ topic: 'handled', messages: messages(40) });
    const consumer = kafka.consumer({ groupId: 'handled-group' });
    consumers.push(consumer);
    client.watchConsumer('orders', consumer);
    await consumer.connect();
    await consumer.subscribe({ topic: 'handled', fromBeginning: true });
    let handled = 0;
    await consumer.run({ eachMessage: async () => void (handled += 1) });
    // A rebalance may bring a message twice: what is counted is what the host was given.
    await until(() => handled >= 40);
    const messagesTotal = () => bus.value('omninode_kafka_consumer_messages_total', { ...byClient, topic: 'handled' });
    await until(async () => (await pass(), messagesTotal() === handled));
    expect(bus.sum('omninode_kafka_consumer_batch_size_messages', byClient)).toBe(handled);
    expect(bus.count('omninode_kafka_consumer_fetch_seconds', byClient)).toBeGreaterThan(0);
    expect(bus.value('omninode_kafka_consumer_observed_lag_messages', { ...byClient, topic: 'handled' })).toBe(0);
    await until(async () => (await pass(), Number(bus.value('omninode_kafka_consumer_commits_total', byClient)) > 0));
    expect(problems).toEqual([]);
    await sender.disconnect();
  });

  test('a crash of the consumer is counted', async () => {
    const { client, bus, pass } = clientRig();
    const sender = await newProducer();
    await sender.send({ topic: 'orders', messages: messages(1) });
    const consumer = kafka.consumer({ groupId: 'crashing', retry: { retries: 0 } });
    consumers.push(consumer);
    client.watchConsumer('orders', consumer);
    await consumer.connect();
    await consumer.subscribe({ topic: 'orders', fromBeginning: true });
    await consumer.run({
      eachMessage: async () => {
        throw new TypeError('the host broke');
      },
    });
    await until(async () => (await pass(), bus.series('omninode_kafka_consumer_crashes_total').length > 0));
    await sender.disconnect();
  });

  test('one request id goes from a request over Kafka to its consumer', async () => {
    const { client, bus, pass } = clientRig();
    const sender = await newProducer();
    const traced = tracedProducer(client, sender);
    const received = Promise.withResolvers<{ requestId: string; traceId: string; header: string }>();
    const consumer = kafka.consumer({ groupId: 'traced-group' });
    consumers.push(consumer);
    await consumer.connect();
    await consumer.subscribe({ topic: 'audit', fromBeginning: false });
    const handler = tracedHandler(client, 'audit', 'write', async ({ message }: EachMessagePayload) => {
      const { requestId, traceId } = client.current!;
      if (message.value?.toString() === 'traced')
        received.resolve({ requestId, traceId, header: String(message.headers?.kept) });
    });
    await consumer.run({ eachMessage: handler });
    await sleep(500);
    const given = { topic: 'audit', messages: [{ value: 'traced', headers: { kept: 'as it was' } }] };
    let sent = { requestId: '', traceId: '' };
    const asked = async () =>
      client.trace(
        'web',
        'post',
        async ({ requestId, traceId }) => {
          sent = { requestId, traceId };
          await traced.send(given);
        },
        { headers: { 'x-request-id': 'hook-17' } },
      );
    await until(async () => {
      await asked();
      return Promise.race([received.promise.then(() => true), sleep(300, false)]);
    });
    expect(await received.promise).toEqual({
      requestId: 'hook-17',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      header: 'as it was',
    });
    expect(sent.requestId).toBe('hook-17');
    expect(given.messages[0]!.headers).toEqual({ kept: 'as it was' });
    await pass();
    expect(
      bus.value('omninode_requests_total', { component: 'kafka', operation: 'publish', status: 'success' }),
    ).toBeGreaterThanOrEqual(1);
    await sender.disconnect();
  });

  test("by the host's own producer measurements reach the measurement topic, and count as no traffic of it", async () => {
    const sender = await newProducer();
    const { client, pass, problems } = clientRig({ bus: kafkaBus(sender, { partitions: 4 }) });
    client.watchProducer('orders', sender);
    client.trace('checkout', 'pay', () => 1);
    expect(await pass()).toEqual({ undelivered: 0, spooled: 0 });
    expect(await client.close()).toEqual({ undelivered: 0, spooled: 0 });
    expect(problems).toEqual([]);

    const read = new KeptBus();
    const consumer = kafka.consumer({ groupId: 'reader' });
    consumers.push(consumer);
    await consumer.connect();
    await consumer.subscribe({ topic: measurement, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) =>
        read.take(message.value, String(message.headers?.['content-type']), String(message.key)),
    });
    await until(() => read.records.some(({ close }) => close !== null));
    expect(read.records.map(({ sequence }) => sequence)).toEqual(read.records.map((_, nth) => nth + 1));
    expect(read.value('omninode_requests_total', { component: 'checkout', operation: 'pay', status: 'success' })).toBe(
      1,
    );
    expect(read.series('omninode_kafka_producer_messages_total')).toEqual([]);
    await sender.disconnect();
  });

  test('a topic that is not there is told as such, and the records wait', async () => {
    const sender = await newProducer();
    const { client, problems } = clientRig({ bus: kafkaBus(sender), topic: 'not-there' });
    client.trace('checkout', 'pay', () => 1);
    const { undelivered } = await client.flush(3_000);
    expect(undelivered).toBeGreaterThan(0);
    expect(problems[0]).toMatchObject({ code: 'KAFKA_SEND_FAILED', fields: { detail: 'UNKNOWN_TOPIC_OR_PARTITION' } });
    await client.close(1);
    await sender.disconnect();
  });
});

/** A broker that has just started has no coordinator of transactions yet; kafkajs does not ask again. */
async function firstTransaction(producer: Producer): Promise<Transaction> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await producer.transaction();
    } catch (error) {
      if ((error as Error).name !== 'KafkaJSGroupCoordinatorNotFound' || attempt === 40) throw error;
      await sleep(250);
    }
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAtMs = performance.now() + 25_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAtMs) throw new Error('it did not come to that');
    await sleep(50);
  }
}
