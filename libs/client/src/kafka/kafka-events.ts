import { clientMetrics } from '../client.metrics.js';
import { BoundedLabels } from '../meter/bounded-labels.js';
import { onceEach } from '../meter/instruments.js';
import type { WatchContext } from '../watch/watch.js';
import { kafkaClientMetrics } from './kafka-client.metrics.js';
import type { KafkaEvent, KafkaEvents } from './kafkajs-shapes.js';

/** Names of kafkajs' requests: it knows some forty. */
const mostApis = 50;

/** What producers and consumers have in common: connection and requests. Gives the functions that end it. */
export function watchRequests(context: WatchContext, client: string, watched: KafkaEvents): (() => void)[] {
  const { meter } = context;
  const connected = meter.level(kafkaClientMetrics, 'omninode_kafka_client_connected', { client });
  const timeouts = meter.total(kafkaClientMetrics, 'omninode_kafka_client_request_timeouts_total', { client });
  const apis = new BoundedLabels(mostApis, () => countOther(context, 'api'));
  const secondsOf = onceEach((api: string) =>
    meter.distribution(kafkaClientMetrics, 'omninode_kafka_client_request_seconds', { client, api }),
  );
  return [
    listen<unknown>(context, watched, 'CONNECT', () => connected.set(1)),
    listen<unknown>(context, watched, 'DISCONNECT', () => connected.set(0)),
    listen<{ apiName: string; duration: number }>(context, watched, 'REQUEST', ({ apiName, duration }) => {
      secondsOf(apis.valueOf(apiName)).record(duration / 1_000);
    }),
    listen<unknown>(context, watched, 'REQUEST_TIMEOUT', () => timeouts.add()),
    () => connected.set(undefined),
  ];
}

interface Emitter {
  on(event: string, listener: (event: never) => void): unknown;
}

/** Listens to an event by kafkajs' key for it; a version that has no such event is not asked for it. */
export function listen<Payload>(
  { onProblem }: WatchContext,
  watched: KafkaEvents,
  key: string,
  heard: (payload: Payload) => void,
): () => void {
  const name = (watched.events as Readonly<Record<string, string | undefined>>)[key];
  if (name === undefined) return () => undefined;
  const listener = ({ payload }: KafkaEvent<Payload>) => {
    try {
      heard(payload);
    } catch (error) {
      onProblem(error);
    }
  };
  const remove = (watched as unknown as Emitter).on(name, listener);
  return () => void (typeof remove === 'function' && remove());
}

export function countOther({ meter }: WatchContext, label: string): void {
  meter.total(clientMetrics, 'omninode_mesh_client_other_labels_total', { label }).add();
}
