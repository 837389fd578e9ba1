import { alertRecord, readRecord, type AlertRecord, type Bus, type Topics } from '@omninode/contracts';

export interface Reading {
  readonly bus: Bus;
  readonly topics: Topics;
  readonly partition: number;
  /** The end of the partition of the measurement topic: an offset beyond it is of a topic that was made anew. */
  readonly endOffset: number;
  readonly signal: AbortSignal;
}

/** Of one alert: the newest decide, those before tell how often it changed of late. */
const mostOfOne = 50;

/**
 * The transitions on the alert topic of the alerts of one partition, those of each alert in their order. Compaction may have taken
 * all but the newest.
 */
export async function readTransitions({ bus, topics, partition, endOffset, signal }: Reading): Promise<AlertRecord[]> {
  const told = new Map<string, AlertRecord[]>();
  // Most records are of other partitions: this is cheaper than to read them.
  const mark = new RegExp(`"partition":${partition}[,}]`);
  const partitions = await bus.partitionCount(topics.alert);
  for (let from = 0; from < partitions; from++) {
    await bus.readToEnd(
      topics.alert,
      from,
      ({ value }) => {
        if (!value || !mark.test(value.toString())) return;
        const read = readRecord(alertRecord, value);
        if (!read.ok || read.record.partition !== partition) return;
        const { record } = read;
        const records = told.get(record.fingerprint) ?? [];
        told.set(record.fingerprint, records);
        records.push(record.offset !== undefined && record.offset >= endOffset ? { ...record, offset: -1 } : record);
        if (records.length > mostOfOne) records.shift();
      },
      signal,
    );
  }
  return [...told.values()].flat();
}
