import type { Client } from '../create-client.js';
import type { HeadersLike } from '../propagation/headers.js';

/** As much of what kafkajs gives to `eachMessage` as is needed here. */
interface MessagePayload {
  readonly message: { readonly headers?: object };
}

/**
 * A handler for `eachMessage` of kafkajs whose messages are requests, which go on with the ids of whoever sent them. What it throws
 * is thrown on: kafkajs decides on retries. For `eachBatch`, call `client.trace` with the headers of each message.
 */
export function tracedHandler<Payload extends MessagePayload>(
  client: Client,
  component: string,
  operation: string,
  handle: (payload: Payload) => Promise<void>,
): (payload: Payload) => Promise<void> {
  return (payload) =>
    client.trace(component, operation, () => handle(payload), {
      headers: (payload.message.headers ?? {}) as HeadersLike,
    });
}
