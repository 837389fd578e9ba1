import { producerMetrics } from '@omninode/contracts';
import type { ExponentialHistogram } from '@omninode/publisher';
import { clientErrors } from '../errors.js';
import { BoundedLabels } from '../meter/bounded-labels.js';
import { onceEach } from '../meter/instruments.js';
import type { Total } from '../meter/instruments.js';
import { ErrorTotals } from '../watch/error-totals.js';
import { replaceMethod } from '../watch/replace-method.js';
import { watchOf } from '../watch/watch.js';
import type { Watch, WatchContext } from '../watch/watch.js';
import { countOther, watchRequests } from './kafka-events.js';
import type { KafkaProducer, KafkaSender, TopicMessages } from './kafkajs-shapes.js';

/**
 * Counts what a producer of kafkajs sends and how the brokers take it. kafkajs has events for requests but none for sends, so
 * `send` and `sendBatch` are replaced on this producer, and on the transactions that it begins.
 */
export function watchProducer(context: WatchContext, client: string, watched: KafkaProducer): Watch {
  if (typeof watched?.send !== 'function' || typeof watched.on !== 'function') {
    throw clientErrors.NOT_WATCHABLE({
      name: client,
      kind: 'a producer of kafkajs',
      detail: 'it has no send() or no on()',
    });
  }
  const account = new SendAccount(context, client);
  return watchOf([
    ...watchRequests(context, client, watched),
    ...replaceSends(watched, account),
    ...(typeof watched.transaction === 'function' ? [replaceTransaction(watched, account)] : []),
  ]);
}

class SendAccount {
  private readonly topics: BoundedLabels;
  private readonly sent: (topic: string) => Total;
  private readonly failed: (topic: string) => Total;
  private readonly batchSize: ExponentialHistogram;
  private readonly seconds: ExponentialHistogram;
  private readonly errors: ErrorTotals;

  constructor(
    private readonly context: WatchContext,
    client: string,
  ) {
    const { meter, maxTopics } = context;
    this.topics = new BoundedLabels(maxTopics, () => countOther(context, 'topic'));
    this.sent = onceEach((topic) =>
      meter.total(producerMetrics, 'omninode_kafka_producer_messages_total', { client, topic }),
    );
    this.failed = onceEach((topic) =>
      meter.total(producerMetrics, 'omninode_kafka_producer_failed_messages_total', { client, topic }),
    );
    this.batchSize = meter.distribution(producerMetrics, 'omninode_kafka_producer_batch_size_messages', { client });
    this.seconds = meter.distribution(producerMetrics, 'omninode_kafka_producer_send_seconds', { client });
    this.errors = new ErrorTotals(
      (error_type) => meter.total(producerMetrics, 'omninode_kafka_producer_errors_total', { client, error_type }),
      () => countOther(context, 'error_type'),
    );
  }

  /** Sends by `call`, whose promise it gives back settled as it was. */
  async send(parts: readonly TopicMessages[], call: () => Promise<unknown>): Promise<unknown> {
    const startedMs = performance.now();
    try {
      const answer = await call();
      this.count(parts, this.sent, startedMs);
      return answer;
    } catch (error) {
      this.count(parts, this.failed, startedMs);
      if (this.isOfHost(parts)) this.errors.add(error);
      throw error;
    }
  }

  private count(parts: readonly TopicMessages[], totalOf: (topic: string) => Total, startedMs: number): void {
    if (!this.isOfHost(parts)) return;
    this.seconds.record((performance.now() - startedMs) / 1_000);
    this.batchSize.record(parts.reduce((sum, { messages }) => sum + messages.length, 0));
    for (const { topic, messages } of parts) totalOf(this.topics.valueOf(topic)).add(messages.length);
  }

  /** The client may send by the same producer; that is no traffic of the host. */
  private isOfHost(parts: readonly TopicMessages[]): boolean {
    return parts.some(({ topic }) => topic !== this.context.topic);
  }
}

function replaceSends(sender: KafkaSender, account: SendAccount): (() => void)[] {
  const target = sender as { send: Send; sendBatch: Send };
  const replaced =
    (partsOf: (given: unknown) => readonly TopicMessages[]) => (original: Send, isActive: () => boolean) =>
      ((given, ...rest) => {
        const call = () => original.call(sender, given, ...rest);
        return isActive() ? account.send(partsOf(given), call) : call();
      }) satisfies Send;
  return [
    replaceMethod(
      target,
      'send',
      replaced((record) => readableParts([record])),
    ),
    replaceMethod(
      target,
      'sendBatch',
      replaced((batch) => readableParts((batch as Batch | undefined)?.topicMessages)),
    ),
  ];
}

type Send = (given: unknown, ...rest: unknown[]) => Promise<unknown>;
interface Batch {
  readonly topicMessages?: unknown;
}

/** What kafkajs will refuse anyway is sent on uncounted. */
function readableParts(parts: unknown): readonly TopicMessages[] {
  if (!Array.isArray(parts)) return [];
  return parts.filter(
    (part: Partial<TopicMessages> | null) => typeof part?.topic === 'string' && Array.isArray(part.messages),
  ) as TopicMessages[];
}

function replaceTransaction(producer: KafkaProducer, account: SendAccount): () => void {
  const target = producer as unknown as { transaction: (...given: unknown[]) => Promise<KafkaSender> };
  return replaceMethod(target, 'transaction', (original, isActive) => async (...given) => {
    const transaction = await original.apply(producer, given);
    if (isActive()) replaceSends(transaction, account);
    return transaction;
  });
}
