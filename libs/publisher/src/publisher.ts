import { contentTypes, decodeRecord, encodeDictionary, limits } from '@omninode/contracts';
import type { MeasurementPublisher, MeasurementWriter, ProducerIdentity } from '@omninode/contracts';
import { newCounts } from './counts.js';
import { publisherErrors } from './errors.js';
import { settingsOf } from './options.js';
import type { PublisherOptions, Settings } from './options.js';
import { Outbox } from './outbox.js';
import type { Remainder } from './outbox.js';
import { droppedOf } from './outgoing.js';
import type { OutgoingRecord, Producer } from './outgoing.js';
import { Producers } from './producers.js';
import { SeriesTable } from './series-table.js';
import { Spooling } from './spool/spooling.js';
import type { DroppedRecords, PublisherStats } from './stats.js';
import { Writer } from './writer.js';

export interface Publisher extends MeasurementPublisher {
  /** Opens a writer. Throws `INCARNATION_NOT_NEW`, `PRODUCER_INVALID` or `PUBLISHER_CLOSED`. */
  open(identity: ProducerIdentity): MeasurementWriter;
  /** Sends what waits now; resolves when all was acknowledged, or after `timeoutMs` with what was not. */
  flush(timeoutMs: number): Promise<Remainder>;
  /** Closes the writers that are still open, sends what waits and leaves in the spool what the bus did not take in time. */
  close(timeoutMs: number): Promise<Remainder>;
  stats(): PublisherStats;
}

/** What sends the measurements of a process: one outbox to the bus for all its writers. */
export function createPublisher(options: PublisherOptions): Publisher {
  const settings = settingsOf(options);
  const counts = newCounts();
  const producers = new Producers();
  const onProblem = (error: unknown) => settings.onProblem?.(error);
  const { now, spool } = settings;
  const spooling = spool ? new Spooling({ spool, counts, producers, now, onProblem }) : null;
  const outbox = new Outbox(spooling?.opening ?? Promise.resolve(null), {
    ...outboxOptions(settings, counts),
    onProblem,
  });
  const writers = new Set<Writer>();
  const lastIncarnations = new Map<string, number>();
  const put = (record: OutgoingRecord) => outbox.put(record);
  let closing: Promise<Remainder> | undefined;
  outbox.start();
  spooling?.adoptOrphans((orphan) => outbox.adopt(orphan));

  return {
    open(identity) {
      const { producer, entity, incarnation, labels } = identity;
      const last = lastIncarnations.get(producer);
      if (closing) throw publisherErrors.PUBLISHER_CLOSED({ producer });
      if (!isReadable(identity)) throw publisherErrors.PRODUCER_INVALID({ producer, entity, incarnation });
      if (last !== undefined && incarnation <= last) {
        throw publisherErrors.INCARNATION_NOT_NEW({ producer, incarnation, last });
      }
      const table = new SeriesTable(labels, settings.maxSeries);
      const writer = new Writer(producers.get(producer, entity, incarnation), table, put, counts, settings);
      forgetClosed(writers);
      writers.add(writer);
      lastIncarnations.set(producer, incarnation);
      return writer;
    },
    flush: (timeoutMs) => outbox.flush(timeoutMs),
    close(timeoutMs) {
      for (const writer of writers) writer.close(now());
      closing ??= Promise.resolve(spooling?.stop()).then(() => outbox.close(timeoutMs));
      return closing;
    },
    stats() {
      const { records, bytes, oldestAtMs } = outbox.queued;
      return {
        ...counts,
        failures: new Map(counts.failures),
        dropped: new Map(counts.dropped),
        queuedRecords: records,
        queuedBytes: bytes,
        oldestQueuedAgeMs: oldestAtMs === null ? null : now() - oldestAtMs,
        spoolBytes: outbox.spoolBytes,
        series: seriesOf(writers),
        droppedByProducer: producers.withDrops().map(dropsOf),
      };
    },
  };
}

function outboxOptions(settings: Settings, counts: ReturnType<typeof newCounts>) {
  const { bus, topic, publishTimeoutMs, maxBatchRecords, maxBatchBytes, maxMemoryBytes, onAcknowledged } = settings;
  return {
    ...settings,
    route: { bus, topic, publishTimeoutMs },
    counts,
    // A batch on its way must leave most of the memory to what comes.
    batch: { records: maxBatchRecords, bytes: Math.min(maxBatchBytes, maxMemoryBytes / 8) },
    onAcknowledged(records: readonly OutgoingRecord[]) {
      if (!onAcknowledged) return;
      for (const { producer, sequence, points } of records) {
        onAcknowledged({ producer: producer.name, incarnation: producer.incarnation, sequence, points });
      }
    },
  };
}

function dropsOf(producer: Producer): DroppedRecords {
  return { producer: producer.name, incarnation: producer.incarnation, dropped: droppedOf(producer) };
}

function seriesOf(writers: Set<Writer>): number {
  forgetClosed(writers);
  return [...writers].reduce((sum, { table }) => sum + table.size, 0);
}

/** A closed writer's table is let go. */
function forgetClosed(writers: Set<Writer>): void {
  for (const writer of writers) if (writer.isClosed) writers.delete(writer);
}

/** Asks the decoder: records of an identity that it refuses would all be dead letters. */
function isReadable({ producer, entity, incarnation, labels }: ProducerIdentity): boolean {
  const head = { producer, entity, incarnation, sequence: 1, timeMs: limits.earliestMs };
  const labelNames = Object.keys(labels);
  const metric = { name: 'omninode_trial', kind: 'gauge', unit: '', help: '', labelNames, bounds: [] } as const;
  const trial = encodeDictionary(head, { from: 0, metrics: [metric], series: [[0, Object.values(labels)]] });
  return decodeRecord(trial, contentTypes.columns, entity).ok;
}
