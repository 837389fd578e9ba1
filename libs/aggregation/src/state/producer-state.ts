import { SequenceMarks } from './sequence-marks.js';

/** What is known of one incarnation of one producer. */
export interface ProducerState {
  readonly producer: string;
  readonly entity: string;
  readonly incarnation: number;
  readonly marks: SequenceMarks;
  /** Series of the store by the producer's index; −1 for those that were refused. Only the first `known` count. */
  dictionary: Int32Array;
  known: number;
  /** Slots of all known series together, and whether each has one: then a whole pass is one loop. */
  knownSlots: number;
  isPlain: boolean;
  /** Time stamp of its first record: from there on older incarnations are fenced. ms since 1970 UTC, as the next. */
  firstTimeMs: number;
  /** When its newest record arrived. */
  seenMs: number;
  /** Records that the producer says it had to drop. */
  dropped: number;
  closed: boolean;
}

export function newProducer(
  identity: Pick<ProducerState, 'producer' | 'entity' | 'incarnation' | 'firstTimeMs'>,
  base = 0,
): ProducerState {
  return {
    ...identity,
    marks: new SequenceMarks(base),
    dictionary: new Int32Array(64).fill(-1),
    known: 0,
    knownSlots: 0,
    isPlain: true,
    seenMs: 0,
    dropped: 0,
    closed: false,
  };
}

/** Sequences that the producer gave out and that neither came nor were reported as dropped. */
export function missingOf({ marks, dropped }: ProducerState): number {
  return Math.max(0, marks.last - marks.base - marks.distinct - dropped);
}

/**
 * The producers of a partition with their incarnations, newest first. Marks are kept for 24 h after the last record, which is
 * as long as the topic can deliver it again.
 */
export class Producers {
  private readonly byName = new Map<string, ProducerState[]>();

  *[Symbol.iterator](): Generator<ProducerState> {
    for (const incarnations of this.byName.values()) yield* incarnations;
  }

  find(producer: string, incarnation: number): ProducerState | undefined {
    return this.byName.get(producer)?.find((candidate) => candidate.incarnation === incarnation);
  }

  add(state: ProducerState): ProducerState {
    const incarnations = this.byName.get(state.producer) ?? [];
    incarnations.push(state);
    incarnations.sort((a, b) => b.incarnation - a.incarnation);
    this.byName.set(state.producer, incarnations);
    return state;
  }

  /** The first time stamp of an incarnation newer than the given one: from there on the given one is fenced. */
  fencedFrom({ producer, incarnation }: ProducerState): number {
    let from = Infinity;
    for (const other of this.byName.get(producer) ?? []) {
      if (other.incarnation > incarnation && other.firstTimeMs < from) from = other.firstTimeMs;
    }
    return from;
  }

  forget(notSeenSinceMs: number): void {
    for (const [name, incarnations] of this.byName) {
      const kept = incarnations.filter((state, at) => at === 0 || state.seenMs >= notSeenSinceMs);
      if (kept.length === 1 && kept[0]!.seenMs < notSeenSinceMs) this.byName.delete(name);
      else this.byName.set(name, kept);
    }
  }
}
