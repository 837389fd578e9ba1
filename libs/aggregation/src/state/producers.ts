import type { ProducerState } from './producer-state.js';

/** Incarnations that are remembered at most: who invents producers without end must not fill the memory. */
const maxIncarnations = 20_000;

/**
 * The producers of a partition with their incarnations, newest first. Marks are kept for 24 h after the last record, which is
 * as long as the topic can deliver it again.
 */
export class Producers {
  private readonly byName = new Map<string, ProducerState[]>();
  private count = 0;

  *[Symbol.iterator](): Generator<ProducerState> {
    for (const incarnations of this.byName.values()) yield* incarnations;
  }

  get size(): number {
    return this.count;
  }

  find(entity: string, producer: string, incarnation: number): ProducerState | undefined {
    return this.byName.get(keyOf({ entity, producer }))?.find((candidate) => candidate.incarnation === incarnation);
  }

  /** Adds an incarnation. When there are too many by then, the one that was silent for longest is forgotten. */
  add(state: ProducerState): ProducerState {
    const incarnations = this.byName.get(keyOf(state)) ?? [];
    incarnations.push(state);
    incarnations.sort((a, b) => b.incarnation - a.incarnation);
    this.byName.set(keyOf(state), incarnations);
    setFences(incarnations);
    if (++this.count > maxIncarnations) this.forgetQuietest(state);
    return state;
  }

  /** Notes the time stamp of a record. An earlier first one fences older incarnations from there on. */
  sawTime(state: ProducerState, timeMs: number): void {
    if (timeMs >= state.firstTimeMs) return;
    state.firstTimeMs = timeMs;
    setFences(this.byName.get(keyOf(state)) ?? []);
  }

  /** Whether there is an older incarnation of the same producer. */
  takesOver(state: ProducerState): boolean {
    return this.byName.get(keyOf(state))?.at(-1) !== state;
  }

  forget(notSeenSinceMs: number): void {
    for (const [key, incarnations] of this.byName) {
      // The newest stays while an older one still speaks: it is what fences it.
      const isSilent = incarnations.every(({ seenMs }) => seenMs < notSeenSinceMs);
      const kept = isSilent ? [] : incarnations.filter(({ seenMs }, at) => at === 0 || seenMs >= notSeenSinceMs);
      this.count -= incarnations.length - kept.length;
      if (isSilent) this.byName.delete(key);
      else this.byName.set(key, kept);
    }
  }

  private forgetQuietest(newcomer: ProducerState): void {
    let quietest: ProducerState | undefined;
    for (const state of this) {
      if (state !== newcomer && (!quietest || state.seenMs < quietest.seenMs)) quietest = state;
    }
    if (!quietest) return;
    const rest = this.byName.get(keyOf(quietest))!.filter((state) => state !== quietest);
    if (rest.length > 0) this.byName.set(keyOf(quietest), rest);
    else this.byName.delete(keyOf(quietest));
    this.count--;
  }
}

function setFences(newestFirst: readonly ProducerState[]): void {
  let fencedFromMs = Infinity;
  for (const state of newestFirst) {
    state.fencedFromMs = fencedFromMs;
    fencedFromMs = Math.min(fencedFromMs, state.firstTimeMs);
  }
}

/** Names hold no control characters, so the line break keeps them apart. */
function keyOf({ entity, producer }: Pick<ProducerState, 'entity' | 'producer'>): string {
  return `${entity}\n${producer}`;
}
