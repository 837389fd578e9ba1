import { encodeData, encodeEvents, limits } from '@omninode/contracts';
import type {
  Columns,
  ExponentialValue,
  MeasurementEvent,
  MeasurementWriter,
  Metric,
  RecordHead,
} from '@omninode/contracts';
import type { Counts } from './counts.js';
import { sendDictionary } from './dictionary.js';
import type { DictionaryRecord, OutgoingRecord, Producer } from './outgoing.js';
import { Pass } from './pass.js';
import type { SeriesTable } from './series-table.js';
import { splitColumns } from './split-columns.js';

export interface WriterOptions {
  /** Records are split above this, bytes. */
  readonly maxRecordBytes: number;
  /** The dictionary is sent again with the first data after this, ms. */
  readonly dictionaryIntervalMs: number;
  now(): number;
}

/** Writes one producer's records: values of a pass gather in columns, `publish` makes records of them and hands them on. */
export class Writer implements MeasurementWriter {
  private readonly pass: Pass;
  private events: MeasurementEvent[] = [];
  private sequence = 0;
  private dictionary: readonly DictionaryRecord[] = [];
  private dictionarySentAtMs = -Infinity;
  private closed = false;

  constructor(
    private readonly producer: Producer,
    readonly table: SeriesTable,
    private readonly queue: (record: OutgoingRecord) => void,
    private readonly counts: Counts,
    private readonly options: WriterOptions,
  ) {
    this.pass = new Pass(table);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  series(name: string, metric: Metric, labelValues: readonly string[]): number {
    const series = this.table.find(name, metric, labelValues);
    if (series < 0) this.counts.refusedSeries += 1;
    return series;
  }

  point(series: number, value: number): void {
    if (this.closed || !this.pass.point(series, value)) this.counts.ignoredPoints += 1;
  }

  histogram(series: number, counts: readonly number[], sum: number): void {
    if (this.closed || !this.pass.histogram(series, counts, sum)) this.counts.ignoredPoints += 1;
  }

  exponential(series: number, value: ExponentialValue): void {
    if (this.closed || !this.pass.exponential(series, value)) this.counts.ignoredPoints += 1;
  }

  startedAt(series: number, startMs: number): void {
    if (this.closed || !this.pass.startedAt(series, startMs)) this.counts.ignoredPoints += 1;
  }

  event(event: MeasurementEvent): void {
    if (this.closed) this.counts.ignoredEvents += 1;
    else this.events.push(event);
  }

  publish(timeMs: number): void {
    if (this.closed) return;
    const takenAtMs = this.readableTime(timeMs);
    if (!this.pass.isEmpty) this.sendPass(takenAtMs);
    if (this.events.length > 0) this.sendEvents(this.events, takenAtMs);
    this.events = [];
  }

  close(timeMs: number): void {
    if (this.closed) return;
    this.publish(timeMs);
    this.closed = true;
    // The bytes are made when the record leaves (`valueOf`): until then more may be dropped.
    this.send('close', this.readableTime(timeMs), 0, Buffer.alloc(0));
  }

  private sendPass(timeMs: number): void {
    const again = this.isDictionaryDue();
    if (again) this.dictionary = [];
    const known = this.dictionary.at(-1)?.to ?? 0;
    if (known < this.table.size) this.sendDictionaryFrom(known, timeMs);
    this.sendData(this.pass.columns(again), timeMs);
    this.pass.clear();
  }

  /** While copies wait in memory for a bus that does not answer, more of them would only take the room of values. */
  private isDictionaryDue(): boolean {
    if (this.producer.dictionaryLost) return true;
    const ageMs = this.options.now() - this.dictionarySentAtMs;
    return ageMs >= this.options.dictionaryIntervalMs && this.producer.dictionariesWaiting === 0;
  }

  private sendDictionaryFrom(from: number, timeMs: number): void {
    if (from === 0) {
      this.dictionarySentAtMs = this.options.now();
      this.producer.dictionaryLost = false;
    }
    sendDictionary(
      {
        table: this.table,
        head: (sequence, atMs) => this.head(sequence, atMs),
        nextSequence: () => this.sequence + 1,
        send: (record, value) => {
          this.dictionary = [...this.dictionary, record];
          this.send('dict', record.timeMs, 0, value);
        },
      },
      from,
      timeMs,
    );
  }

  private sendData(columns: Columns, timeMs: number): void {
    const value = encodeData(this.head(this.sequence + 1, timeMs), columns);
    const halves =
      value.length > this.options.maxRecordBytes
        ? splitColumns(columns, (series) => this.table.slots(series) ?? 0)
        : null;
    if (halves) for (const half of halves) this.sendData(half, timeMs);
    else this.send('data', timeMs, this.pointsIn(columns), value);
  }

  /** Events that JSON can't hold (a cycle, a bigint) are found by halving and left out, so that the others arrive. */
  private sendEvents(events: readonly MeasurementEvent[], timeMs: number): void {
    const value = encodeOrNull(this.head(this.sequence + 1, timeMs), events);
    if (value && (value.length <= this.options.maxRecordBytes || events.length === 1)) {
      this.send('event', timeMs, 0, value);
      return;
    }
    if (events.length === 1) {
      this.counts.ignoredEvents += 1;
      return;
    }
    const middle = events.length >> 1;
    this.sendEvents(events.slice(0, middle), timeMs);
    this.sendEvents(events.slice(middle), timeMs);
  }

  private send(kind: OutgoingRecord['kind'], timeMs: number, points: number, value: Buffer): void {
    this.sequence += 1;
    this.queue({
      producer: this.producer,
      kind,
      sequence: this.sequence,
      points,
      timeMs,
      value,
      queuedAtMs: this.options.now(),
      dictionary: kind === 'data' || kind === 'dict' ? this.dictionary : none,
    });
  }

  private pointsIn({ indexes, exponentials }: Columns): number {
    return (indexes?.length ?? this.table.sizeWithSlots) + exponentials.length;
  }

  private head(sequence: number, timeMs: number): RecordHead {
    const { name, entity, incarnation } = this.producer;
    return { producer: name, entity, incarnation, sequence, timeMs };
  }

  /** A time that readers would refuse, with everything taken at it, becomes the time of writing. */
  private readableTime(timeMs: number): number {
    const rounded = Math.round(timeMs);
    return rounded >= limits.earliestMs && rounded < limits.latestMs ? rounded : Math.round(this.options.now());
  }
}

const none: readonly DictionaryRecord[] = [];

function encodeOrNull(head: RecordHead, events: readonly MeasurementEvent[]): Buffer | null {
  try {
    return encodeEvents(head, events);
  } catch {
    // JSON.stringify refused one of them; the caller finds out which and counts it.
    return null;
  }
}
