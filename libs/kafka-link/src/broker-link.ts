import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Kafka, KafkaConfig } from 'kafkajs';
import { kafkaClient } from './client.js';
import type { KafkaConnection } from './client.js';
import { kafkaErrors } from './errors.js';
import { asKafkaError } from './failures.js';
import { versionFor } from './wire/kafka-api.js';
import type { BrokerVersions, KafkaApi } from './wire/kafka-api.js';
import { WireReader } from './wire/wire-reader.js';
import { WireWriter } from './wire/wire-writer.js';

export interface RequestLimits {
  readonly signal: AbortSignal;
  /** How long the answer may take, a connect included. */
  readonly timeoutMs: number;
}

/** What went over the connections to a broker. */
export interface BrokerTraffic {
  /** Requests by API, those of the handshake included. */
  readonly requests: ReadonlyMap<string, number>;
  readonly receivedBytes: number;
}

/**
 * One connection to one broker, made when it is needed. TLS, login and framing are kafkajs' (private parts of 2.2.4, hence
 * the pinned version); what is asked is ours. A broker answers the requests of a connection in order, so one that is late
 * holds up all that follow: then the connection is ended, and the next request makes a new one.
 */
export class BrokerLink {
  #connecting: Promise<Broker> | undefined;
  #broker: Broker | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #requests = new Map<string, number>();
  #receivedBytes = 0;

  constructor(
    private readonly connection: KafkaConnection,
    readonly address: { readonly host: string; readonly port: number },
  ) {}

  get isConnected(): boolean {
    return this.#broker?.isConnected() ?? false;
  }

  get traffic(): BrokerTraffic {
    const open = [...this.#sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    return { requests: this.#requests, receivedBytes: this.#receivedBytes + open };
  }

  /** Rejects with a coded error; KAFKA_BROKER_SILENT, KAFKA_REQUEST_UNKNOWN among them. */
  async send<Request, Reply>(
    api: KafkaApi<Request, Reply>,
    request: Request,
    { signal, timeoutMs }: RequestLimits,
  ): Promise<{ readonly reply: Reply; readonly version: number }> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#until(AbortSignal.any([signal, timeout]), () => this.#exchange(api, request));
    } catch (error) {
      signal.throwIfAborted();
      const broker = this.#place;
      if (timeout.aborted) throw kafkaErrors.KAFKA_BROKER_SILENT({ broker, request: api.name, timeoutMs }, error);
      throw (error as { code?: string }).code === 'KAFKA_REQUEST_UNKNOWN'
        ? error
        : asKafkaError(error, { brokers: [broker] });
    }
  }

  /** Ends the connection at once; what waits for an answer fails. */
  destroy(): void {
    // Without a reason kafkajs would leave the requests that are under way hanging.
    for (const socket of this.#sockets) socket.destroy(new Error('The connection was ended from this side.'));
    this.#broker = this.#connecting = undefined;
  }

  async #exchange<Request, Reply>(api: KafkaApi<Request, Reply>, request: Request) {
    const { connectionPool, versions } = await this.#connected();
    const version = versionFor(api, versions ?? {});
    if (version === undefined) throw kafkaErrors.KAFKA_REQUEST_UNKNOWN({ request: api.name, broker: this.#place });
    const isFlexible = version >= api.flexibleFrom;
    this.#count(api.name);
    const reply = await connectionPool.send({
      request: {
        apiKey: api.key,
        apiName: api.name,
        apiVersion: version,
        encode: async () => {
          // The header of a flexible request ends in tagged fields, which kafkajs does not write.
          const writer = new WireWriter(isFlexible).tags();
          api.write(request, writer, version);
          return { buf: writer.bytes, buffer: writer.bytes };
        },
      },
      response: {
        decode: async (payload: Buffer) => payload,
        parse: async (payload: Buffer) => {
          const reader = new WireReader(payload, isFlexible);
          reader.tags();
          return api.read(reader, version);
        },
      },
      logResponseError: false,
    });
    return { reply: reply as Reply, version };
  }

  async #connected(): Promise<Broker> {
    if (this.#broker && !this.#broker.isConnected()) this.destroy();
    return (this.#connecting ??= this.#connect());
  }

  async #connect(): Promise<Broker> {
    const kafka = kafkaClient(
      { ...this.connection, brokers: [this.#place] },
      { socketFactory: (options) => this.#open(options), enforceRequestTimeout: false },
    );
    const { connectionPoolBuilder, brokerPool, rootLogger } = createCluster(kafka);
    const broker = brokerPool.createBroker({
      connectionPool: await connectionPoolBuilder.build(this.address),
      logger: rootLogger,
    });
    try {
      this.#count('ApiVersions');
      if (this.connection.sasl) this.#count('SaslHandshake');
      await broker.connect();
      return (this.#broker = broker);
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  #open({ host, port, ssl, onConnect }: SocketOptions): Socket {
    const servername = isIP(host) ? {} : { servername: host };
    const socket = ssl
      ? connectTls({ host, port, ...servername, ...ssl }, onConnect)
      : connectPlain({ host, port }, onConnect);
    socket.setKeepAlive(true, 60_000).setNoDelay(true);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#receivedBytes += socket.bytesRead;
      this.#sockets.delete(socket);
    });
    return socket;
  }

  async #until<T>(limit: AbortSignal, work: () => Promise<T>): Promise<T> {
    limit.throwIfAborted();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const end = () => {
      this.destroy();
      reject(limit.reason as Error);
    };
    limit.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([work(), aborted]);
    } finally {
      limit.removeEventListener('abort', end);
    }
  }

  get #place(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  #count(request: string): void {
    this.#requests.set(request, (this.#requests.get(request) ?? 0) + 1);
  }
}

type SocketOptions = Parameters<NonNullable<KafkaConfig['socketFactory']>>[0];

function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    (candidate) => candidate.description === 'private:Kafka:createCluster',
  );
  if (!symbol) throw new Error('kafkajs is not 2.2.4: its private createCluster is gone');
  return (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol]!({});
}

interface Cluster {
  readonly rootLogger: object;
  readonly connectionPoolBuilder: {
    build(address: { readonly host: string; readonly port: number }): Promise<ConnectionPool>;
  };
  readonly brokerPool: { createBroker(parts: { connectionPool: ConnectionPool; logger: object }): Broker };
}

interface Broker {
  readonly versions: BrokerVersions | null;
  readonly connectionPool: ConnectionPool;
  connect(): Promise<void>;
  isConnected(): boolean;
}

interface ConnectionPool {
  send(exchange: object): Promise<unknown>;
}
