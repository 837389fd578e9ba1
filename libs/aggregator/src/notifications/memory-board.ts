import { memoryKey } from '@omninode/contracts';
import type { Bus, BusFollower, BusRecord } from '@omninode/contracts';
import { readSilence, type ReadSilence } from '@omninode/notifiers';
import { readMemory, type Memory } from './memory-values.js';
import { readOutbox, receiverRole, silenceRole, type OutboxMemory } from './outbox-memory.js';
import { orAborted, untilItWorks, type Attempts } from './until-it-works.js';
import { silenceForm } from './silence-form.js';

export interface BoardParts {
  readonly bus: Bus;
  readonly topic: string;
  /** Of this process: what it wrote itself it knows. */
  readonly owner: string;
  readonly attempts: Attempts;
  /** Another process wrote the outbox of a receiver. */
  onOthersOutbox(receiver: string, memory: Memory, written: OutboxMemory | undefined): void;
}

/** What every replica follows on the memory topic: silences, and the outboxes of the receivers with their claims. */
export class MemoryBoard {
  readonly #silences = new Map<string, ReadSilence>();
  readonly #outboxes = new Map<string, { readonly incarnation: number; readonly written: OutboxMemory }>();
  #follower: BusFollower | undefined;
  /** Records under our keys that can not be read. */
  unreadable = 0;

  constructor(private readonly parts: BoardParts) {}

  /** Resolves when everything was read that was on the topic: before that silences are missing. */
  async begin(signal: AbortSignal): Promise<void> {
    const { bus, topic, attempts } = this.parts;
    const onError = (error: Error) => attempts.onFailure('The memory topic can not be followed just now.', error);
    this.#follower = await untilItWorks(
      'The memory topic can not be followed yet.',
      () => bus.follow({ topic, onRecord: (record) => this.take(record), onError }),
      attempts,
      signal,
    );
    await orAborted(this.#follower.caughtUp, signal);
  }

  async end(): Promise<void> {
    await this.#follower?.close();
  }

  silences(): readonly ReadSilence[] {
    return [...this.#silences.values()];
  }

  outbox(receiver: string): OutboxMemory | undefined {
    return this.#outboxes.get(receiver)?.written;
  }

  /** Also what this process has just written, so that its own answers are never behind. */
  take(record: BusRecord): void {
    const { key } = record;
    if (key?.startsWith(memoryKey(silenceRole, ''))) this.#takeSilence(key.slice(silenceRole.length + 1), record);
    if (key?.startsWith(memoryKey(receiverRole, ''))) this.#takeOutbox(key.slice(receiverRole.length + 1), record);
  }

  #takeSilence(id: string, record: BusRecord): void {
    if (record.value === null) return void this.#silences.delete(id);
    const parsed = silenceForm.safeParse(readMemory(record)?.value);
    const silence = parsed.success && parsed.data.id === id ? readSilence(parsed.data) : undefined;
    if (silence) this.#silences.set(id, silence);
    else this.unreadable++;
  }

  #takeOutbox(receiver: string, record: BusRecord): void {
    const memory = readMemory(record);
    if (!memory) return;
    const written = readOutbox(memory.value);
    if (!written) this.unreadable++;
    else if (memory.incarnation >= (this.#outboxes.get(receiver)?.incarnation ?? -1))
      this.#outboxes.set(receiver, { incarnation: memory.incarnation, written });
    if (memory.owner !== this.parts.owner) this.parts.onOthersOutbox(receiver, memory, written);
  }
}
