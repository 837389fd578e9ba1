import type { DecodedRecord, DecodeResult } from '@omninode/contracts';
import { SeriesStore, type StoreLimits } from '../store/series-store.js';
import { applyColumns } from './apply-columns.js';
import { applyDictionary, resolveRows } from './apply-dictionary.js';
import { forgetSeries } from './forget-series.js';
import { newLedger, type Ledger } from './ledger.js';
import { countCutOff, type Moment } from './moment.js';
import { missingOf, newProducer, type ProducerState } from './producer-state.js';
import { Producers } from './producers.js';
import { RecentEvents } from './recent-events.js';

/** Where a record lies in the partition. */
export interface RecordPosition {
  readonly offset: number;
}

/** Why a record has to be dead-lettered. */
export interface Refused {
  readonly code: string;
  readonly detail: string;
}

/** Points that claim to be from later than this are refused: a producer's clock is wrong. */
const futureToleranceMs = 5 * 60_000;
/** A producer that was at work before shows itself within this time: it repeats its dictionary every minute. */
const lateBeginMs = 2 * 60_000;
const dayMs = 24 * 3_600_000;
/** Dead-lettered sequences that are remembered for each producer, so that bad input can't fill the memory. */
const maxParked = 1_000;
/** Entities whose newest data is known; beyond, the one that was first heard of is forgotten. */
const maxEntities = 20_000;

/**
 * Everything that the aggregator knows of one partition of the measurement topic: the unit of state. It moves as a whole, in
 * one snapshot that also holds `nextOffset`.
 */
export class PartitionState {
  /** The offset of the first record that is not in this state. */
  nextOffset = 0;
  /**
   * Time stamp of the first record, when the records before it were gone before anybody read them; 0: nothing was gone.
   * Producers that are first seen soon after had begun before: that their sequence starts late is no loss.
   */
  beganLateAtMs = 0;
  readonly producers = new Producers();
  readonly ledger: Ledger = newLedger();
  events = new RecentEvents();
  /** When the newest data of each entity was taken, ms since 1970 UTC. */
  readonly newestData = new Map<string, number>();
  /** What lives beside the series and moves with them, by name: JSON values that others make and read. */
  beside: Readonly<Record<string, unknown>> = {};
  /** Told of each record right after it changed the state. */
  onApplied: ((record: DecodedRecord, nowMs: number) => void) | undefined;

  constructor(
    limits: StoreLimits,
    public store = new SeriesStore(limits),
  ) {}

  /**
   * Takes one record. The answer is what must be written to the dead-letter topic, and nothing else is ever lost: each
   * record is counted exactly once. `nowMs` judges points from the future and says when series were seen.
   */
  take(decoded: DecodeResult, { offset }: RecordPosition, nowMs: number): Refused | undefined {
    if (this.ledger.received === 0 && offset > 0) this.beganLateAtMs = decoded.ok ? decoded.record.timeMs : nowMs;
    this.nextOffset = offset + 1;
    this.ledger.received++;
    if (decoded.ok) return this.takeRecord(decoded.record, offset, nowMs);
    if (decoded.skip) {
      this.ledger.skipped++;
      return undefined;
    }
    this.ledger.deadLettered++;
    return decoded;
  }

  /** Drops what no longer matters: what was silent for a day, which is as long as the topic can deliver anything again. */
  forget(nowMs: number): void {
    const beforeMs = nowMs - dayMs;
    this.producers.forget(beforeMs);
    this.events.forget(beforeMs);
    forgetSeries(this, beforeMs);
  }

  private takeRecord(record: DecodedRecord, offset: number, nowMs: number): Refused | undefined {
    const { ledger } = this;
    const { sequence } = record;
    const producer = record.incarnation === null ? undefined : this.producerOf(record);
    if (producer) {
      producer.seenMs = nowMs;
      const isNew = sequence === null || producer.marks.add(sequence) || producer.parked.delete(sequence);
      if (isNew) noteClose(producer, record);
      watchSequence(producer, nowMs);
      if (!isNew) {
        ledger.duplicate++;
        return undefined;
      }
      this.producers.sawTime(producer, record.timeMs);
    }
    ledger.rejectedPoints += record.rejected.length;
    if (sequence === null) ledger.unverified++;
    if (producer && isFenced(record, producer)) {
      ledger.fenced++;
      return undefined;
    }
    const refused = this.applyContent(record, producer, offset, nowMs);
    if (!refused) {
      ledger.applied++;
      this.onApplied?.(record, nowMs);
      return undefined;
    }
    ledger.deadLettered++;
    if (sequence === null) ledger.unverified--;
    else if (producer && producer.parked.size < maxParked) producer.parked.add(sequence);
    return refused;
  }

  private producerOf({ producer, entity, incarnation, sequence, timeMs }: DecodedRecord): ProducerState {
    const known = this.producers.find(entity, producer, incarnation!);
    if (known) return known;
    const base = sequence !== null && timeMs < this.beganLateAtMs + lateBeginMs ? sequence - 1 : 0;
    return this.producers.add(newProducer({ producer, entity, incarnation: incarnation!, firstTimeMs: timeMs }, base));
  }

  private applyContent(
    record: DecodedRecord,
    producer: ProducerState | undefined,
    offset: number,
    nowMs: number,
  ): Refused | undefined {
    const { data, entity, timeMs } = record;
    const futureFromMs = nowMs + futureToleranceMs + 1;
    if (timeMs >= futureFromMs) {
      this.ledger.rejectedPoints += data ? (data.indexes?.length ?? data.known) : 0;
      return {
        code: 'invalid_time',
        detail: `t is ${Math.round((timeMs - nowMs) / 1000)} s in the future: check the clock of ${record.producer}`,
      };
    }
    const moment = { nowMs, futureFromMs, fencedFromMs: producer?.fencedFromMs ?? Infinity };
    const refused =
      record.encoding === 'rows' ? this.applyRows(record, moment) : this.applyOwn(record, producer!, moment);
    if (refused) return refused;
    this.addEvents(record, offset, moment);
    if (data && timeMs > (this.newestData.get(entity) ?? 0)) {
      this.newestData.set(entity, timeMs);
      if (this.newestData.size > maxEntities) this.newestData.delete(this.newestData.keys().next().value!);
    }
    return undefined;
  }

  private addEvents({ events, entity, producer }: DecodedRecord, offset: number, moment: Moment): void {
    for (const [at, event] of events.entries()) {
      // One from the future would stand as the newest of its sort for ever.
      if (event.timeMs >= Math.min(moment.fencedFromMs, moment.futureFromMs)) {
        countCutOff(this.ledger, event.timeMs, moment);
      } else this.events.add({ ...event, id: `${offset}.${at}`, entity, producer });
    }
  }

  private applyOwn(
    { dictionary, data, timeMs }: DecodedRecord,
    producer: ProducerState,
    moment: Moment,
  ): Refused | undefined {
    if (dictionary && !applyDictionary(this.store, producer, dictionary, this.producers.takesOver(producer))) {
      return {
        code: 'unknown_dictionary',
        detail: `the slice begins at series ${dictionary.from}, known are ${producer.known}`,
      };
    }
    if (!data) return undefined;
    if (data.known > producer.known) {
      return {
        code: 'unknown_dictionary',
        detail: `the record counts on ${data.known} series, known are ${producer.known}`,
      };
    }
    return applyColumns(this.store, this.ledger, producer, data, timeMs, moment)
      ? undefined
      : slotMismatch(data.values.length);
  }

  private applyRows({ dictionary, data, entity, timeMs }: DecodedRecord, moment: Moment): Refused | undefined {
    if (!dictionary || !data) return undefined;
    const resolved = resolveRows(this.store, entity, dictionary);
    return applyColumns(this.store, this.ledger, resolved, data, timeMs, moment)
      ? undefined
      : slotMismatch(data.values.length);
  }
}

function slotMismatch(values: number): Refused {
  return { code: 'slot_mismatch', detail: `${values} values do not fit the slots of the series` };
}

/** A record as a whole: all that it says lies after a newer incarnation began. A dictionary counts all the same: older points may follow it. */
function isFenced({ timeMs, dictionary, data, encoding }: DecodedRecord, { fencedFromMs }: ProducerState): boolean {
  const isDictionary = encoding === 'columns' && dictionary !== null && data === null;
  return (
    timeMs >= fencedFromMs && !isDictionary && !data?.timeOffsetsMs?.some((offset) => timeMs + offset < fencedFromMs)
  );
}

function noteClose(producer: ProducerState, { close }: DecodedRecord): void {
  if (!close) return;
  producer.closed = true;
  producer.dropped = Math.max(producer.dropped, close.dropped);
}

function watchSequence(producer: ProducerState, nowMs: number): void {
  if (missingOf(producer) === 0) producer.missingSinceMs = 0;
  else if (producer.missingSinceMs === 0) producer.missingSinceMs = nowMs;
}
