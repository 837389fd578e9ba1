import { decodeRecord, slotsOf } from '@omninode/contracts';
import type { DecodedRecord, MeasurementEvent, MetricDefinition, NewRecord } from '@omninode/contracts';

/**
 * Reads a topic as the strictest reader would: what is not above a producer's last sequence is a duplicate, even when it
 * was never seen. `values`: for each series the times and slots that were written, in order.
 */
export class StreamReader {
  readonly values = new Map<string, (readonly [timeMs: number, slots: readonly number[]])[]>();
  readonly exponentials = new Map<string, (readonly [timeMs: number, sum: number])[]>();
  readonly starts = new Map<string, number>();
  readonly events: MeasurementEvent[] = [];
  /** By `<producer>@<incarnation>`. */
  readonly sequences = new Map<string, number[]>();
  readonly closed = new Map<string, number>();
  readonly problems: string[] = [];
  duplicates = 0;
  private readonly dictionaries = new Map<string, KnownSeries[]>();

  readAll(records: readonly NewRecord[]): this {
    for (const record of records) this.read(record);
    return this;
  }

  private read({ value, headers, key }: NewRecord): void {
    const result = decodeRecord(value, headers?.['content-type'], key);
    if (!result.ok) return void this.problems.push(JSON.stringify(result));
    const { record } = result;
    if (record.rejected.length > 0) this.problems.push(JSON.stringify(record.rejected));
    const identity = `${record.producer}@${record.incarnation}`;
    const seen = this.sequences.get(identity) ?? [];
    this.sequences.set(identity, seen);
    if (record.sequence! <= (seen.at(-1) ?? 0)) return void (this.duplicates += 1);
    seen.push(record.sequence!);
    this.apply(record, identity);
  }

  private apply(record: DecodedRecord, identity: string): void {
    const known = this.dictionaries.get(identity) ?? [];
    this.dictionaries.set(identity, known);
    if (record.dictionary) {
      const { from, metrics, series } = record.dictionary;
      if (from > known.length) this.problems.push(`dictionary from ${from}, known ${known.length}`);
      series.forEach(([metric, labelValues], nth) => (known[from + nth] = knownSeries(metrics[metric]!, labelValues)));
    }
    this.events.push(...record.events);
    if (record.close) this.closed.set(identity, record.close.dropped);
    if (record.data && record.data.known > known.length)
      this.problems.push(`unknown_dictionary ${record.data.known} > ${known.length}`);
    else if (record.data) this.applyData(record, known);
  }

  private applyData({ data, timeMs }: DecodedRecord, known: readonly KnownSeries[]): void {
    const { indexes, values, starts, exponentials } = data!;
    let at = 0;
    for (const index of indexes ?? known.slice(0, data!.known).keys()) {
      const { name, slots } = known[index]!;
      if (slots > 0) entry(this.values, name).push([timeMs, values.slice(at, at + slots)]);
      at += slots;
    }
    if (at !== values.length) this.problems.push(`slot_mismatch: ${values.length} values for ${at} slots`);
    for (const [index, startMs] of starts) this.starts.set(known[index]!.name, startMs);
    for (const [index, { sum }] of exponentials) entry(this.exponentials, known[index]!.name).push([timeMs, sum]);
  }
}

interface KnownSeries {
  readonly name: string;
  readonly slots: number;
}

function knownSeries(
  { name, kind, labelNames, bounds }: MetricDefinition,
  labelValues: readonly string[],
): KnownSeries {
  const labels = labelNames.map((label, nth) => `${label}=${labelValues[nth]}`).join(',');
  return { name: `${name}{${labels}}`, slots: slotsOf(kind, bounds) };
}

function entry<V>(map: Map<string, V[]>, key: string): V[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}
