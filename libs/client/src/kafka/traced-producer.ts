import type { Client } from '../create-client.js';
import type { KafkaMessage, KafkaSender, TopicMessages } from './kafkajs-shapes.js';

export interface TracedProducerOptions {
  /** Label of its requests. Default `kafka`. */
  readonly component?: string;
  /** Default `publish`. */
  readonly operation?: string;
}

/**
 * A producer of kafkajs whose sends are requests, and whose messages carry `traceparent` and `x-request-id` to their consumers.
 * The producer itself, and the messages that are given, stay as they are. A header that a message has already is kept.
 */
export function tracedProducer<Producer extends KafkaSender>(
  client: Client,
  producer: Producer,
  { component = 'kafka', operation = 'publish' }: TracedProducerOptions = {},
): Producer {
  const sender = producer as unknown as Sender;
  const traced: Sender = {
    send: (record) =>
      client.trace(component, operation, () => sender.send(isTopicMessages(record) ? withHeaders(record) : record)),
    sendBatch: (batch) =>
      client.trace(component, operation, () =>
        sender.sendBatch(isBatch(batch) ? { ...batch, topicMessages: batch.topicMessages.map(withHeaders) } : batch),
      ),
  };
  return Object.assign(Object.create(producer) as Producer, traced);

  function withHeaders<Record extends TopicMessages>(record: Record): Record {
    return { ...record, messages: record.messages.map(withHeader) };
  }

  function withHeader(message: KafkaMessage): KafkaMessage {
    return { ...message, headers: { ...client.inject({}), ...message.headers } };
  }
}

interface Sender {
  send(record: unknown): Promise<unknown>;
  sendBatch(batch: unknown): Promise<unknown>;
}

/** What is not of the form goes on as it is: kafkajs says what is wrong with it. */
function isTopicMessages(record: unknown): record is TopicMessages {
  return Array.isArray((record as Partial<TopicMessages> | undefined)?.messages);
}

function isBatch(batch: unknown): batch is { readonly topicMessages: readonly TopicMessages[] } {
  const parts = (batch as { topicMessages?: unknown } | undefined)?.topicMessages;
  return Array.isArray(parts) && parts.every(isTopicMessages);
}
