import { SequenceMarks } from './sequence-marks.js';

/** What is known of one incarnation of one producer. */
export interface ProducerState {
  readonly producer: string;
  readonly entity: string;
  readonly incarnation: number;
  readonly marks: SequenceMarks;
  /** Sequences that were dead-lettered: when one of them is sent again, it is not a duplicate. */
  readonly parked: Set<number>;
  /** Series of the store by the producer's index; `refusedSeries` for those that have no place. Only the first `known` count. */
  dictionary: Int32Array;
  known: number;
  /** Slots of all known series together, and whether each has one: then a whole pass is one loop. */
  knownSlots: number;
  isPlain: boolean;
  /** The first time stamp of its records: from there on older incarnations are fenced. ms since 1970 UTC, as the next ones. */
  firstTimeMs: number;
  /** The first time stamp of any newer incarnation: this one is fenced from there on. Infinity when there is none. */
  fencedFromMs: number;
  /** When its newest record arrived. */
  seenMs: number;
  /** Since when a sequence before its last is missing; 0 when none is. */
  missingSinceMs: number;
  /** Records that the producer says it had to drop. */
  dropped: number;
  closed: boolean;
}

export type ProducerIdentity = Pick<ProducerState, 'producer' | 'entity' | 'incarnation' | 'firstTimeMs'>;

export function newProducer(identity: ProducerIdentity, base = 0): ProducerState {
  return {
    ...identity,
    marks: new SequenceMarks(base),
    parked: new Set(),
    dictionary: new Int32Array(64).fill(-1),
    known: 0,
    knownSlots: 0,
    isPlain: true,
    fencedFromMs: Infinity,
    seenMs: 0,
    missingSinceMs: 0,
    dropped: 0,
    closed: false,
  };
}

/** Sequences that the producer gave out and that neither came nor were reported as dropped. */
export function missingOf({ marks, dropped }: ProducerState): number {
  return Math.max(0, marks.last - marks.base - marks.distinct - dropped);
}

/** Those of them that have not come for longer than the grace: what was merely overtaken has come by then. */
export function overdueOf(producer: ProducerState, nowMs: number): number {
  return producer.missingSinceMs > 0 && nowMs - producer.missingSinceMs > graceMs ? missingOf(producer) : 0;
}

const graceMs = 60_000;
