import type { DecodedRecord, DecodeResult } from '@omninode/contracts';
import { SeriesStore, type StoreLimits } from '../store/series-store.js';
import { applyColumns } from './apply-columns.js';
import { applyDictionary, resolveRows } from './apply-dictionary.js';
import { newLedger, type Ledger } from './ledger.js';
import { newProducer, Producers, type ProducerState } from './producer-state.js';
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

  constructor(
    limits: StoreLimits,
    readonly store = new SeriesStore(limits),
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

  /** Drops what no longer matters: dedup marks that the topic can't deliver again. */
  forget(nowMs: number): void {
    this.producers.forget(nowMs - dayMs);
  }

  private takeRecord(record: DecodedRecord, offset: number, nowMs: number): Refused | undefined {
    const { ledger } = this;
    ledger.rejectedPoints += record.rejected.length;
    const producer = record.sequence === null ? undefined : this.producerOf(record);
    if (producer) {
      producer.seenMs = nowMs;
      if (!producer.marks.add(record.sequence!)) {
        ledger.duplicate++;
        return undefined;
      }
      if (record.close) {
        producer.closed = true;
        producer.dropped = Math.max(producer.dropped, record.close.dropped);
      }
      // A dictionary counts all the same: points from before the newer owner may follow it.
      const isDictionary = record.dictionary !== null && record.data === null;
      if (!isDictionary && record.timeMs >= this.producers.fencedFrom(producer)) {
        ledger.fenced++;
        return undefined;
      }
    } else ledger.unverified++;

    const refused = this.applyContent(record, producer, offset, nowMs);
    if (refused) ledger.deadLettered++;
    else ledger.applied++;
    if (refused && !producer) ledger.unverified--;
    return refused;
  }

  private producerOf({ producer, entity, incarnation, sequence, timeMs }: DecodedRecord): ProducerState {
    const known = this.producers.find(producer, incarnation!);
    if (known) return known;
    const base = timeMs < this.beganLateAtMs + lateBeginMs ? sequence! - 1 : 0;
    return this.producers.add(newProducer({ producer, entity, incarnation: incarnation!, firstTimeMs: timeMs }, base));
  }

  private applyContent(
    record: DecodedRecord,
    producer: ProducerState | undefined,
    offset: number,
    nowMs: number,
  ): Refused | undefined {
    if (record.timeMs > nowMs + futureToleranceMs) {
      this.ledger.rejectedPoints += record.data ? (record.data.indexes?.length ?? record.data.known) : 0;
      return {
        code: 'invalid_time',
        detail: `t is ${Math.round((record.timeMs - nowMs) / 1000)} s in the future: check the clock of ${record.producer}`,
      };
    }
    const refused =
      record.encoding === 'rows' ? this.applyRows(record, nowMs) : this.applyOwn(record, producer!, nowMs);
    if (refused) return refused;
    record.events.forEach((event, at) =>
      this.events.add({ ...event, id: `${offset}.${at}`, entity: record.entity, producer: record.producer }),
    );
    if (record.data && record.timeMs > (this.newestData.get(record.entity) ?? 0))
      this.newestData.set(record.entity, record.timeMs);
    return undefined;
  }

  private applyOwn(
    { dictionary, data, timeMs }: DecodedRecord,
    producer: ProducerState,
    nowMs: number,
  ): Refused | undefined {
    if (dictionary && !applyDictionary(this.store, producer, dictionary)) {
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
    return applyColumns(this.store, this.ledger, producer, data, timeMs, nowMs)
      ? undefined
      : slotMismatch(data.values.length);
  }

  private applyRows({ dictionary, data, entity, timeMs }: DecodedRecord, nowMs: number): Refused | undefined {
    if (!dictionary || !data) return undefined;
    const resolved = resolveRows(this.store, entity, dictionary);
    return applyColumns(this.store, this.ledger, resolved, data, timeMs, nowMs)
      ? undefined
      : slotMismatch(data.values.length);
  }
}

function slotMismatch(values: number): Refused {
  return { code: 'slot_mismatch', detail: `${values} values do not fit the slots of the series` };
}
