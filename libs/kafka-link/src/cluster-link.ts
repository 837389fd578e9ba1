import { BrokerLink } from './broker-link.js';
import type { BrokerTraffic, RequestLimits } from './broker-link.js';
import type { KafkaConnection } from './client.js';
import type { BrokerAddress } from './requests/metadata.js';
import type { KafkaApi } from './wire/kafka-api.js';

/** Asks the brokers of a cluster what kafkajs can not ask, one connection to each, without a producer, consumer or group. */
export interface ClusterLink {
  /** Asks one broker that `learn` told of. */
  ask<Request, Reply>(
    broker: number,
    api: KafkaApi<Request, Reply>,
    request: Request,
    limits: RequestLimits,
  ): Promise<Answered<Reply>>;
  /** Asks one broker after another, those with a connection first, until one answers. Rejects with the last failure. */
  askAny<Request, Reply>(
    api: KafkaApi<Request, Reply>,
    request: Request,
    limits: RequestLimits,
  ): Promise<Answered<Reply>>;
  /** The brokers that there are now; connections to others are ended. */
  learn(brokers: readonly BrokerAddress[]): void;
  /** Since the link was made. */
  traffic(): BrokerTraffic;
  /** Ends all connections at once. */
  destroy(): void;
}

export interface Answered<Reply> {
  readonly reply: Reply;
  /** In which version of the request. */
  readonly version: number;
}

/** Connects to nothing yet. */
export function openClusterLink(connection: KafkaConnection): ClusterLink {
  const seeds = connection.brokers.map((place) => new BrokerLink(connection, addressOf(place)));
  let brokers = new Map<number, BrokerLink>();
  /** What they carried still counts. */
  const ended: BrokerLink[] = [];
  const links = () => [...new Set([...brokers.values(), ...seeds])];
  return {
    async ask(broker, api, request, limits) {
      const link = brokers.get(broker);
      if (!link) throw new Error(`Broker ${broker} is asked, and nobody told of it.`);
      return link.send(api, request, limits);
    },
    async askAny(api, request, limits) {
      let failure: unknown;
      for (const link of links().sort((a, b) => Number(b.isConnected) - Number(a.isConnected))) {
        try {
          return await link.send(api, request, limits);
        } catch (error) {
          limits.signal.throwIfAborted();
          failure = error;
          // Another broker would say the same.
          if (['KAFKA_AUTH_FAILED', 'KAFKA_TLS_FAILED'].includes((error as { code?: string }).code ?? '')) throw error;
        }
      }
      throw failure;
    },
    learn(told) {
      const known = links();
      brokers = new Map(
        told.map(({ id, host, port }) => [
          id,
          known.find(({ address }) => address.host === host && address.port === port) ??
            new BrokerLink(connection, { host, port }),
        ]),
      );
      const gone = known.filter((link) => !links().includes(link));
      for (const link of gone) link.destroy();
      ended.push(...gone);
    },
    traffic: () => sum([...ended, ...links()].map(({ traffic }) => traffic)),
    destroy() {
      for (const link of links()) link.destroy();
    },
  };
}

function sum(traffics: readonly BrokerTraffic[]): BrokerTraffic {
  const requests = new Map<string, number>();
  for (const traffic of traffics)
    for (const [name, count] of traffic.requests) requests.set(name, (requests.get(name) ?? 0) + count);
  return { requests, receivedBytes: traffics.reduce((bytes, traffic) => bytes + traffic.receivedBytes, 0) };
}

/** `host:9092`, `[::1]:9092`. */
function addressOf(place: string): { host: string; port: number } {
  const colon = place.lastIndexOf(':');
  return { host: place.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(place.slice(colon + 1)) };
}
