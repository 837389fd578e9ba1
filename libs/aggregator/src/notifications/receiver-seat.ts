import { setTimeout as sleep } from 'node:timers/promises';
import type { BusConsumer, PartitionAssignment } from '@omninode/contracts';
import type { Memory } from './memory-values.js';
import type { OutboxMemory } from './outbox-memory.js';
import { Term, type TermParts } from './term.js';
import { untilItWorks } from './until-it-works.js';

/** The partition of the alert topic whose owner in the receiver's group sends. */
const leadingPartition = 0;
/** Whoever claimed after us has lost the partition to us and will notice within its session; then the claim is renewed. */
const reclaimAfterMs = 30_000;

/** This process' seat in the group of one receiver: while it owns partition 0, a term is on. */
export class ReceiverSeat {
  #consumer: BusConsumer | undefined;
  #term: { readonly of: Term; readonly end: AbortController; readonly ended: Promise<void> } | undefined;
  readonly #end = new AbortController();

  constructor(private readonly parts: Omit<TermParts, 'isCurrent'>) {}

  get isLeader(): boolean {
    return this.#term?.of.isSending ?? false;
  }

  /** What waits, while this process leads. */
  waiting(): { readonly count: number; readonly oldestMs: number | undefined } | undefined {
    return this.isLeader ? this.#term?.of.waiting() : undefined;
  }

  /** Another process wrote the outbox of this receiver. */
  othersOutbox(memory: Memory, written: OutboxMemory | undefined): void {
    this.#term?.of.othersOutbox(memory, written);
  }

  async begin(): Promise<void> {
    const { bus, topics, name, attempts } = this.parts;
    const join = () =>
      bus.consume({
        topic: topics.alert,
        group: `omninode-mesh.receiver.${name}`,
        commit: false,
        onAssigned: async (assignment) => {
          if (assignment.partition === leadingPartition) this.#lead(assignment);
          return bus.endOffset(topics.alert, assignment.partition);
        },
        // The group only says who leads; the leader follows every partition, because groups of alerts span them.
        onBatch: async () => undefined,
        onRevoked: async (partition) => {
          if (partition === leadingPartition) await this.#yield();
        },
      });
    const { signal } = this.#end;
    this.#consumer = await untilItWorks('The group of a receiver can not be joined yet.', join, attempts, signal);
    if (signal.aborted) await this.#consumer.close();
  }

  /** What is being sent may end, the outbox is written, the next leader goes on. */
  async end(): Promise<void> {
    this.#end.abort();
    this.#term?.end.abort();
    await this.#consumer?.close();
    await this.#yield();
  }

  #lead({ isCurrent }: PartitionAssignment): void {
    const end = new AbortController();
    const before = this.#term?.ended;
    this.#term?.end.abort();
    const first = new Term({ ...this.parts, isCurrent });
    const ended = this.#terms(first, before, end.signal);
    this.#term = { of: first, end, ended };
  }

  async #terms(first: Term, before: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
    await before;
    for (let term = first; ; term = new Term(term.parts)) {
      if (this.#term && term !== first) this.#term = { ...this.#term, of: term };
      const outcome = await term.run(signal);
      if (outcome === 'ended') return;
      await sleep(reclaimAfterMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
  }

  async #yield(): Promise<void> {
    const term = this.#term;
    this.#term = undefined;
    term?.end.abort();
    await term?.ended;
  }
}
