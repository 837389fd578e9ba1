/**
 * As much of kafkajs as is needed here: the host brings its own, and nothing of it is imported. Methods of theirs take more and
 * give more; `never` takes whatever an event or option is.
 */
export interface KafkaMessage {
  readonly headers?: object;
}

export interface TopicMessages<Message = KafkaMessage> {
  readonly topic: string;
  readonly messages: readonly Message[];
}

export interface KafkaSender {
  send(record: never): Promise<unknown>;
  sendBatch(batch: never): Promise<unknown>;
}

export interface KafkaEvents {
  readonly events: object;
  readonly on: unknown;
}

export interface KafkaProducer extends KafkaSender, KafkaEvents {
  transaction?: unknown;
}

export interface KafkaConsumer extends KafkaEvents {
  run(config?: never): Promise<void>;
}

/** What an event of kafkajs brings. Source: https://kafka.js.org/docs/instrumentation-events */
export interface KafkaEvent<Payload> {
  readonly payload: Payload;
}
