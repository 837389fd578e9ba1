import { contentTypes, decodeRecord } from '@omninode/contracts';
import type { BusPublisher, DecodedRecord, ExponentialValue, MeasurementEvent, NewRecord } from '@omninode/contracts';

export type Value = number | ExponentialValue;

/** A bus that takes everything, and reads it as readers do: the latest value of each series, and all events. */
export class KeptBus implements BusPublisher {
  readonly records: DecodedRecord[] = [];
  readonly events: MeasurementEvent[] = [];
  private readonly latest = new Map<string, Value>();
  private readonly names = new Map<string, string[]>();

  async publish(records: readonly NewRecord[]) {
    for (const { key, value, headers } of records)
      this.take(value, headers?.['content-type'] ?? contentTypes.columns, key);
    return records.map(({ topic }) => ({ topic, partition: 0, offset: 0 }));
  }

  take(value: Buffer | null, contentType: string, key: string): void {
    const result = decodeRecord(value ?? Buffer.alloc(0), contentType, key);
    if (!result.ok) throw new Error(`not readable: ${JSON.stringify(result)}`);
    this.records.push(result.record);
    this.events.push(...result.record.events);
    this.keepValues(result.record);
  }

  /** `undefined`: never told. Labels in any order; those of the producer are left out. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): Value | undefined {
    return this.latest.get(seriesKey(name, labels));
  }

  /** How many values are in a distribution; 0 when it was never told. */
  count(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const value = this.value(name, labels);
    return typeof value === 'object' ? value.counts.reduce((sum, count) => sum + count, value.zeroCount) : 0;
  }

  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const value = this.value(name, labels);
    return typeof value === 'object' ? value.sum : 0;
  }

  /** Names and labels of everything that was told, with the beginning of a name. */
  series(begin = ''): string[] {
    return [...this.latest.keys()].filter((key) => key.startsWith(begin)).sort();
  }

  eventsOf(name: string): Readonly<Record<string, unknown>>[] {
    return this.events.filter((event) => event.name === name).map(({ attributes }) => attributes);
  }

  private keepValues({ producer, incarnation, dictionary, data }: DecodedRecord): void {
    const source = `${producer} ${incarnation}`;
    let names = this.names.get(source);
    if (!names) this.names.set(source, (names = []));
    for (const [at, [metric, labelValues]] of dictionary?.series.entries() ?? []) {
      const { name, labelNames } = dictionary!.metrics[metric]!;
      const labels = Object.fromEntries(labelNames.map((label, nth) => [label, labelValues[nth]!]));
      const { service_name: _name, service_instance: _instance, ...own } = labels;
      names[dictionary!.from + at] = seriesKey(name, own);
    }
    // Without indexes a record has all series but the exponential ones; the client's passes always have some of those.
    const indexes = data?.indexes ?? (data ? Array.from(data.values, (_, index) => index) : []);
    for (const [at, index] of indexes.entries()) this.latest.set(names[index]!, data!.values[at]!);
    for (const [index, value] of data?.exponentials ?? []) this.latest.set(names[index]!, value);
  }
}

function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => a.localeCompare(b));
  return `${name}{${sorted.map(([label, value]) => `${label}="${value}"`).join(',')}}`;
}
