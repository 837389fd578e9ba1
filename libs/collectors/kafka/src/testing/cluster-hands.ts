import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaClient, metadata, openClusterLink } from '@omninode/kafka-link';
import type { KafkaApi, KafkaConnection } from '@omninode/kafka-link';
import { commitOffsets, findCoordinator, heartbeat } from './raw-requests.js';
import type { Commit } from './raw-requests.js';

/** What a test does to a cluster beside watching it. */
export async function clusterHands(connection: Omit<KafkaConnection, 'clientId'>) {
  const link = openClusterLink({ ...connection, clientId: 'test' });
  const kafka = kafkaClient({ ...connection, clientId: 'test' });
  const [admin, producer] = [kafka.admin(), kafka.producer({ allowAutoTopicCreation: false })];
  await admin.connect();
  await producer.connect();
  const ends: (() => Promise<unknown>)[] = [() => admin.disconnect(), () => producer.disconnect()];
  const limits = () => ({ signal: new AbortController().signal, timeoutMs: 5_000 });

  /** Coordinators take a moment to load after a cluster was made, or moved. */
  async function askCoordinator<Request extends { readonly group: string }, Reply>(
    api: KafkaApi<Request, Reply>,
    request: Request,
    codesOf: (reply: Reply) => readonly number[],
  ): Promise<Reply> {
    for (let tries = 0; tries < 100; tries++) {
      link.learn((await link.askAny(metadata, undefined, limits())).reply.brokers);
      const { reply: coordinator } = await link.askAny(findCoordinator, request.group, limits());
      if (coordinator.errorCode === 0) {
        const { reply } = await link.ask(coordinator.broker, api, request, limits());
        const codes = codesOf(reply);
        if (codes.every((code) => code === 0)) return reply;
        if (!codes.some((code) => [14, 15, 16].includes(code))) throw new Error(`${api.name}: ${codes.join(', ')}`);
      }
      await sleep(200);
    }
    throw new Error(`No coordinator for ${request.group}.`);
  }

  return {
    kafka,
    admin,
    producer,
    async createTopics(topics: Readonly<Record<string, number>>, settings: Readonly<Record<string, string>> = {}) {
      await admin.createTopics({
        waitForLeaders: false, // kafkajs rejects when a broker has not heard of the topic yet
        topics: Object.entries(topics).map(([topic, numPartitions]) => ({
          topic,
          numPartitions,
          configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
        })),
      });
      for (let tries = 0; tries < 200; tries++) {
        const { reply } = await link.askAny(metadata, undefined, limits());
        const led = reply.topics.filter(
          ({ name, partitions }) => name in topics && partitions.every(({ leader }) => leader >= 0),
        );
        if (led.length === Object.keys(topics).length) return;
        await sleep(50);
      }
      throw new Error(`No leaders for ${Object.keys(topics).join(', ')}.`);
    },
    /** That many messages to one partition. */
    produce: (topic: string, count: number, partition = 0) =>
      producer.send({ topic, acks: -1, messages: Array.from({ length: count }, () => ({ value: 'x', partition })) }),
    commit: (request: Commit) => askCoordinator(commitOffsets, request, (codes) => codes),
    /** Joins a group of the new protocol, and stays until `leave`. */
    async joinNewGroup(group: string, topics: readonly string[]) {
      const joining = { group, memberId: '', epoch: 0, topics };
      const joined = await askCoordinator(heartbeat, joining, ({ errorCode }) => [errorCode]);
      const beat = (epoch: number) =>
        askCoordinator(heartbeat, { ...joining, ...joined, epoch }, ({ errorCode }) => [errorCode]);
      // Without a sign of life it would be out after the session timeout.
      const timer = setInterval(() => void beat(joined.epoch).catch(() => undefined /* left meanwhile */), 5_000);
      const leave = async () => {
        clearInterval(timer);
        await beat(-1);
      };
      return { memberId: joined.memberId, epoch: joined.epoch, leave, stop: () => clearInterval(timer) };
    },
    /** Joins with kafkajs, and commits what it reads. */
    async consume(group: string, topic: string) {
      const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 200 });
      ends.unshift(() => consumer.disconnect());
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
      await consumer.run({ eachMessage: async () => undefined });
      await joined;
      return { leave: () => consumer.disconnect() };
    },
    async close() {
      for (const end of ends) await end();
      link.destroy();
    },
  };
}

export type ClusterHands = Awaited<ReturnType<typeof clusterHands>>;
