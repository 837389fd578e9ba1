import { createRequire } from 'node:module';

/**
 * Makes a request that got no answer in time the end of its connection. kafkajs 2.2.4 only rejects the request: it keeps the
 * connection and what it knows of leaders, so a broker that is stopped or cut off is asked again and again, each time for a
 * whole request timeout, although another leads its partitions by then. As a closed connection kafkajs asks the other brokers
 * who leads now. It replaces two private methods, hence the pinned version.
 */
export function endConnectionsThatDoNotAnswer(): void {
  if (isDone) return;
  isDone = true;
  const { createSocketRequest } = queue;
  const { connect } = connection;
  queue.createSocketRequest = function withTimeout(this: RequestQueue, pushed: object): SocketRequest {
    const request = createSocketRequest.call(this, pushed);
    const { timeoutHandler, rejected } = request;
    request.timeoutHandler = () => {
      timeoutHandler.call(request);
      // Rejected next by kafkajs with an error that changes nothing: with this one it turns to the others.
      request.rejected = (timeout) => rejected.call(request, this.endConnection?.(request, timeout) ?? timeout);
    };
    return request;
  };
  connection.connect = function withEnd(this: Connection): Promise<boolean> {
    this.requestQueue.endConnection = ({ entry }, { message }) => {
      const { host, port, socket } = this;
      this.rejectRequests(new errors.KafkaJSConnectionClosedError(message, { host, port }));
      void this.disconnect();
      socket?.destroy();
      // The first request of a connection: to kafkajs it was never made, and it tries the next address.
      return entry.apiName === 'ApiVersions'
        ? new errors.KafkaJSConnectionError(message, { broker: `${host}:${port}` })
        : new errors.KafkaJSConnectionClosedError(message, { host, port });
    };
    return connect.call(this);
  };
}

let isDone = false;
const require = createRequire(import.meta.url);
const { prototype: queue } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
const { prototype: connection } = require('kafkajs/src/network/connection') as { prototype: Connection };
const errors = require('kafkajs/src/errors') as {
  readonly KafkaJSConnectionError: new (message: string, about: { broker: string }) => Error;
  readonly KafkaJSConnectionClosedError: new (message: string, about: { host: string; port: number }) => Error;
};

interface SocketRequest {
  readonly entry: { readonly apiName: string };
  timeoutHandler(): void;
  rejected(error: Error): void;
}

interface RequestQueue {
  endConnection?(request: SocketRequest, timeout: Error): Error;
  createSocketRequest(pushed: object): SocketRequest;
}

interface Connection {
  readonly host: string;
  readonly port: number;
  readonly requestQueue: RequestQueue;
  readonly socket?: { destroy(): void };
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  rejectRequests(error: Error): void;
}
