import { counter, statusEvent, type BusPublisher, type MeasurementWriter } from '@omninode/contracts';
import { createPublisher, type Publisher, type PublisherOptions } from '@omninode/publisher';

/** What a producer counts; each entity has several, told apart by `nth`. */
export const loadMetric = 'omninode_load_events_total';
const total = counter('events', 'What the load counts.', ['nth']);
const seriesOfEach = 10;
const passesOfAStatus = 20;
const status = { family: 'load', status: 'ok', reason: '', since_ms: Date.now() };
const startMs = Date.now();

export interface LoadOptions {
  readonly bus: BusPublisher;
  readonly topic: string;
  readonly entities: number;
  /** Between two records of an entity, ms. */
  readonly everyMs: number;
  readonly publisher?: Partial<PublisherOptions>;
}

/** Producers that go on whatever happens, and what they know to be true: the oracle of fault tests. */
export interface Load {
  /** Value of each series by `entity nth`, as last written. */
  readonly written: ReadonlyMap<string, number>;
  /** Records that the bus has acknowledged, each counted once. */
  readonly acknowledged: number;
  readonly publisher: Publisher;
  /** Ends the writing; resolves when the bus has acknowledged all of it. Rejects when something had to be dropped. */
  finish(): Promise<void>;
}

/** Starts producers whose counters grow by one a record, through the publisher that collectors and clients use. */
export function startLoad({ bus, topic, entities, everyMs, publisher: options = {} }: LoadOptions): Load {
  // A record may be acknowledged twice: copies of a dictionary go with what waited on disk.
  const acknowledged = new Set<string>();
  const publisher = createPublisher({
    bus,
    topic,
    ...options,
    onAcknowledged: ({ producer, sequence }) => acknowledged.add(`${producer} ${sequence}`),
  });
  const written = new Map<string, number>();
  const incarnation = Date.now();
  const names = Array.from({ length: entities }, (_, nth) => `load-${nth}`);
  const writers = names.map((entity) => {
    const labels = { target: entity };
    return { entity, writer: publisher.open({ producer: `load/${entity}`, entity, incarnation, labels }) };
  });
  let passes = 0;
  const timer = setInterval(() => {
    passes++;
    for (const { entity, writer } of writers) write(writer, entity, passes, written);
  }, everyMs);

  return {
    written,
    publisher,
    get acknowledged() {
      return acknowledged.size;
    },
    async finish() {
      clearInterval(timer);
      const { undelivered, spooled } = await publisher.close(120_000);
      const dropped = publisher.stats().droppedByProducer.reduce((sum, each) => sum + each.dropped, 0);
      const lost = { undelivered, spooled, dropped };
      if (undelivered + spooled + dropped > 0) throw new Error(`The load has not all arrived: ${JSON.stringify(lost)}`);
    },
  };
}

function write(writer: MeasurementWriter, entity: string, value: number, written: Map<string, number>): void {
  for (let nth = 0; nth < seriesOfEach; nth++) {
    const series = writer.series(loadMetric, total, [String(nth)]);
    writer.startedAt(series, startMs);
    writer.point(series, value);
    written.set(`${entity} ${nth}`, value);
  }
  // As a collector does, so that the mesh has targets whose health it judges.
  if (value % passesOfAStatus === 1) writer.event({ name: statusEvent, timeMs: Date.now(), attributes: status });
  writer.publish(Date.now());
}
