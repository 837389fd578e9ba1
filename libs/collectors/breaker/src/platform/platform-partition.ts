import { LabelSets, measure } from '@omninode/collector-kit';
import type { Pass } from '@omninode/collector-kit';
import type { BusRecord, MeasurementPublisher, MeasurementWriter } from '@omninode/contracts';
import type { PartitionMemory } from './partition-memory.js';
import { platformBreakers } from './platform-family.js';
import type { PlatformMemory } from './platform-family.js';
import { readEvent } from './read-event.js';
import { writePass } from './write-pass.js';

export interface PlatformPartitionParts {
  /** `<topic>-<partition>`: what its series belong to. */
  readonly entity: string;
  readonly memory: PartitionMemory;
  readonly publisher: MeasurementPublisher;
  readonly believeForMs: number;
  readonly nowMs: () => number;
}

/** One partition of the platform's topic in our hands: what is known of its breakers goes with it from owner to owner. */
export class PlatformPartition {
  #known: PlatformMemory | undefined;
  #nextOffset = 0;
  #incarnation = 0;
  #writer: MeasurementWriter | undefined;
  #isUnsaved = false;
  #takenAtMs = 0;
  readonly #labelSets = new LabelSets(platformBreakers);
  /** Records that are no events of a breaker, since this owner took the partition. */
  unreadable = 0;

  constructor(private readonly parts: PlatformPartitionParts) {}

  /** Takes over from the owner before. Resolves to where reading begins. */
  async restore(signal: AbortSignal): Promise<number | 'beginning'> {
    const { memory, publisher, entity, nowMs } = this.parts;
    const kept = await memory.read(signal);
    this.#known = platformBreakers.parseMemory?.(kept?.breakers);
    // What the totals do not hold must be read anew, so the offset counts only together with them.
    this.#nextOffset = this.#known ? (kept?.nextOffset ?? 0) : 0;
    this.#incarnation = await memory.claim(this.#kept());
    this.#takenAtMs = nowMs();
    const identity = { producer: `breaker/${entity}`, entity, incarnation: this.#incarnation };
    this.#writer = publisher.open({ ...identity, labels: { target: entity } });
    return this.#nextOffset > 0 ? this.#nextOffset : 'beginning';
  }

  /** Takes records in, once each however often they come, and publishes what is known then. */
  async take(records: readonly BusRecord[], endOffset: number): Promise<void> {
    if (endOffset < this.#nextOffset) this.#nextOffset = 0; // the topic was made anew
    const fresh = records.filter(({ offset }) => offset >= this.#nextOffset);
    const last = fresh.at(-1);
    if (!last) return;
    const events = fresh.flatMap(({ value, timestampMs }) => readEvent(value, timestampMs) ?? []);
    this.unreadable += fresh.length - events.length;
    this.#nextOffset = last.offset + 1;
    this.#measure(events);
    await this.save();
  }

  /** States and the time in them go on without events. */
  tick(): void {
    if (this.#known) this.#measure([]);
  }

  async save(): Promise<void> {
    if (!this.#isUnsaved) return;
    this.#isUnsaved = false;
    await this.parts.memory.save(this.#kept(), this.#incarnation).catch((error: unknown) => {
      this.#isUnsaved = true;
      throw error;
    });
  }

  async release(): Promise<void> {
    this.#writer?.close(this.parts.nowMs());
    await this.save();
  }

  #measure(events: Parameters<typeof platformBreakers.toMeasurements>[0]['events']): void {
    const atMs = this.parts.nowMs();
    const pass: Pass = { ...untimed, atMs, takenAtMs: this.#takenAtMs, memory: this.#known };
    const reply = { events, believeForMs: this.parts.believeForMs };
    const measured = measure(platformBreakers, reply, pass, this.#labelSets);
    this.#known = (measured.memory as PlatformMemory | undefined) ?? this.#known;
    this.#isUnsaved = true;
    if (this.#writer) writePass(measured, this.#writer, atMs);
  }

  #kept() {
    return { nextOffset: this.#nextOffset, breakers: this.#known };
  }
}

const untimed = { answerMs: 0, connectMs: 0, followUp: undefined, followUpMs: 0, followUpFailed: false };
