import { gunzipSync, gzipSync } from 'node:zlib';
import { memoryHeaders, memoryKey, memoryRecord, partitionOf } from '@omninode/contracts';
import type { Bus, BusRecord } from '@omninode/contracts';

/** What the owner of a partition of the platform's topic leaves for the next one. */
export interface KeptMemory {
  /** Offset of the first record that is not in it. */
  readonly nextOffset: number;
  /** For the family to parse. */
  readonly breakers: unknown;
}

const role = 'breaker-collector';
const maxOutputLength = 64 * 1024 * 1024;

/** The memory of one partition on the mesh's memory topic, by the same rules as a target's. */
export class PartitionMemory {
  readonly #key: string;

  constructor(
    private readonly bus: Bus,
    private readonly topic: string,
    private readonly owner: string,
    entity: string,
  ) {
    this.#key = memoryKey(role, entity);
  }

  /** What the owner with the newest claim left; `undefined` where nobody was before, or nobody can read it. */
  async read(signal: AbortSignal): Promise<KeptMemory | undefined> {
    const partition = partitionOf(this.#key, await this.bus.partitionCount(this.topic));
    let newest: { readonly record: BusRecord; readonly incarnation: number } | undefined;
    await this.bus.readToEnd(
      this.topic,
      partition,
      (record) => {
        const { data } = memoryHeaders.safeParse(record.headers);
        if (record.key !== this.#key || record.value === null || !data) return;
        const incarnation = Number(data.incarnation ?? record.offset);
        if (incarnation >= (newest?.incarnation ?? -1)) newest = { record, incarnation };
      },
      signal,
    );
    return newest && keptIn(newest.record);
  }

  /** Resolves to the claim's offset: the incarnation of its owner. */
  async claim(memory: KeptMemory): Promise<number> {
    return this.#write(memory, {});
  }

  async save(memory: KeptMemory, incarnation: number): Promise<void> {
    await this.#write(memory, { incarnation: String(incarnation) });
  }

  async #write(memory: KeptMemory, more: Readonly<Record<string, string>>): Promise<number> {
    const value = gzipSync(JSON.stringify(memory), { level: 1 });
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', owner: this.owner, ...more };
    const [position] = await this.bus.publish([{ topic: this.topic, key: this.#key, value, headers }]);
    return (position as { offset: number }).offset;
  }
}

/** A memory that can't be read is none: the topic is read anew from its oldest record. */
function keptIn({ value }: BusRecord): KeptMemory | undefined {
  try {
    const read = memoryRecord.parse(JSON.parse(gunzipSync(value ?? Buffer.alloc(0), { maxOutputLength }).toString()));
    return Number.isSafeInteger(read.nextOffset)
      ? { nextOffset: Number(read.nextOffset), breakers: read.breakers }
      : undefined;
  } catch {
    return undefined;
  }
}
