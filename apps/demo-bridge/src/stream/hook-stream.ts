import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { tracedHandler, tracedProducer } from '@omninode/client';
import type { Client } from '@omninode/client';
import { errorCode } from '@omninode/contracts';
import { kafkaClient } from '@omninode/kafka-link';
import type { Kafka, KafkaConsumer, KafkaMessage, KafkaProducer } from '@omninode/kafka-link';
import { stateLog } from '@omninode/service-kit';
import type { Logger } from '@omninode/service-kit';
import { readHookRecord } from '../hooks/hook-event.js';
import type { HookRecord } from '../hooks/hook-event.js';
import type { HookProcessor } from '../hooks/hook-processor.js';
import { pause } from '../pause.js';
import { deadLetterTopics, unprocessed, unreadable } from './dead-letter.js';
import type { DeadLetter, Failure, PoisonRecord } from './dead-letter.js';
import { DeadLetterCounts } from './dead-letter-counts.js';

export interface HookStreamOptions {
  readonly brokers: readonly string[];
  readonly client: Client;
  readonly processor: HookProcessor;
  readonly logger: Logger;
}

export const hookTopic = 'bridge-hooks';
const group = 'bridge-hook-processor';
const partitions = 3;
/** Longest that a fetch waits for records: an end waits for it too. */
const maxWaitTimeInMs = 300;
const attempts = 3;
const retryMs = 2_000;

/** Hooks on their way through Kafka: what is stored is published here, and processed when it comes out again. */
export class HookStream implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly deadLetters = new DeadLetterCounts();
  /** Records that are being tried again, with how often they were tried, by topic and key. */
  readonly retries = new Map<string, number>();
  readonly #kafka: Kafka;
  readonly #producer: KafkaProducer;
  readonly #consumer: KafkaConsumer;
  readonly #end = new AbortController();
  #isUp = false;

  constructor(private readonly options: HookStreamOptions) {
    const { brokers, client } = options;
    this.#kafka = kafkaClient({ brokers, clientId: 'demo-bridge', requestTimeoutMs: 5_000 });
    const producer = this.#kafka.producer();
    this.#consumer = this.#kafka.consumer({ groupId: group, sessionTimeout: 10_000, maxWaitTimeInMs });
    client.watchProducer('hooks', producer);
    client.watchConsumer('hooks', this.#consumer);
    this.#producer = tracedProducer(client, producer);
  }

  /** Whether Kafka was reached and the topics are there. It stays so: what fails later is a failure. */
  get isUp(): boolean {
    return this.#isUp;
  }

  get brokers(): readonly string[] {
    return this.options.brokers;
  }

  onApplicationBootstrap(): void {
    void this.#begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#end.abort();
    if (this.#isUp) await this.#consumer.disconnect();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#isUp) await this.#producer.disconnect();
  }

  async publish(hook: HookRecord): Promise<void> {
    const message = { key: hook.payload.resource_id, value: JSON.stringify(hook) };
    await this.#producer.send({ topic: hookTopic, acks: -1, messages: [message] });
  }

  /** Puts records into the topic as they are, readable or not. */
  async publishRaw(values: readonly string[]): Promise<void> {
    await this.#producer.send({ topic: hookTopic, acks: -1, messages: values.map((value) => ({ value })) });
  }

  async #begin(): Promise<void> {
    const log = stateLog(this.options.logger);
    do {
      try {
        await this.#connect();
        log.working('kafka', 'Kafka can be used now.');
        this.#isUp = true;
        return;
      } catch (error) {
        log.failing('kafka', 'Kafka can not be used yet: hooks are processed without it.', { code: errorCode(error) });
      }
    } while (await pause(retryMs, this.#end.signal));
  }

  async #connect(): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [
        { topic: hookTopic, numPartitions: partitions },
        { topic: deadLetterTopics.unreadable(hookTopic), numPartitions: 1 },
        { topic: deadLetterTopics.unprocessed, numPartitions: 1 },
      ],
    });
    await admin.disconnect();
    await this.#producer.connect();
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: hookTopic });
    const { client } = this.options;
    await this.#consumer.run({
      eachMessage: tracedHandler(
        client,
        'hook_processor',
        'process_hook',
        ({ topic, partition, message }: { topic: string; partition: number; message: KafkaMessage }) =>
          this.#process({ topic, partition, offset: message.offset, key: message.key, value: message.value }),
      ),
    });
  }

  async #process(record: PoisonRecord): Promise<void> {
    let hook: HookRecord;
    try {
      hook = readHookRecord(record.value);
    } catch (error) {
      return this.#bury(unreadable(record, this.#failure(error, 1)));
    }
    const name = `${record.topic}:${hook.payload.resource_id}`;
    try {
      return await this.#tryToProcess(hook, (attempt) => this.retries.set(name, attempt));
    } catch (error) {
      return await this.#bury(unprocessed(record, this.#failure(error, attempts)));
    } finally {
      this.retries.delete(name);
    }
  }

  async #tryToProcess(hook: HookRecord, onRetry: (attempt: number) => void): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.options.processor.process(hook);
      } catch (error) {
        if (attempt === attempts) throw error;
        onRetry(attempt);
        this.options.client.current?.retried();
        await pause(50 * 2 ** attempt, this.#end.signal);
      }
    }
  }

  async #bury(letter: DeadLetter): Promise<void> {
    await this.#producer.send({ ...letter, acks: -1 });
    this.deadLetters.add(Date.now());
  }

  #failure(error: unknown, attempt: number): Failure {
    const requestId = this.options.client.current?.requestId ?? '';
    return { error, attempts: attempt, requestId, atMs: Date.now() };
  }
}
