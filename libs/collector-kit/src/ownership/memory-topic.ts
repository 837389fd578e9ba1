import { memoryKey, partitionOf } from '@omninode/contracts';
import type { Bus, BusFollower, BusRecord } from '@omninode/contracts';
import type { Logger } from '../loop/logger.js';
import { memoryHeader, memoryOf, newMemoryRecord } from './memory-record.js';
import type { FamilyMemory, MemoryHeader } from './memory-record.js';

/** The memory topic as one collector process uses it: reading what owners before left, claiming, saving, watching for claims. */
export class MemoryTopic {
  constructor(
    private readonly bus: Bus,
    private readonly topic: string,
    /** `<kind>-collector`: the first part of its keys. */
    private readonly role: string,
    private readonly owner: string,
    private readonly logger: Logger,
  ) {}

  /** What the owners before remembered of these targets; absent where nobody did. Each partition is read once. */
  async read(targets: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, FamilyMemory>> {
    const partitions = await this.bus.partitionCount(this.topic);
    const targetOf = new Map(targets.map((target) => [this.#key(target), target]));
    const newest = new Map<string, { readonly record: BusRecord; readonly incarnation: number }>();
    for (const partition of new Set([...targetOf.keys()].map((key) => partitionOf(key, partitions)))) {
      await this.bus.readToEnd(this.topic, partition, (record) => keepNewest(newest, targetOf, record), signal);
    }
    return new Map([...newest].flatMap(([key, { record }]) => this.#readable(targetOf.get(key) as string, record)));
  }

  /** Claims a target and resolves to the claim's offset: the owner's incarnation. */
  async claim(target: string, memory: FamilyMemory): Promise<number> {
    return this.#write({ key: this.#key(target), owner: this.owner }, memory);
  }

  /** Saves what the next owner must know. It does not change the incarnation. */
  async save(target: string, incarnation: number, memory: FamilyMemory): Promise<void> {
    await this.#write({ key: this.#key(target), owner: this.owner, incarnation }, memory);
  }

  /** Tells of every record of this role that another process wrote, old ones first. */
  followOthers(onRecord: (target: string, header: MemoryHeader) => void): Promise<BusFollower> {
    const prefix = this.#key('');
    return this.bus.follow({
      topic: this.topic,
      onRecord: (record) => {
        const header = memoryHeader(record);
        if (!header?.key.startsWith(prefix) || header.owner === this.owner) return;
        onRecord(header.key.slice(prefix.length), header);
      },
      onError: (error) => this.logger.warn('The memory topic can not be followed just now.', { error }),
    });
  }

  async #write(of: { key: string; owner: string; incarnation?: number }, memory: FamilyMemory): Promise<number> {
    const { record, problem } = newMemoryRecord(this.topic, of, memory);
    if (problem) this.logger.warn('A memory is too big to be kept.', { error: problem });
    const [position] = await this.bus.publish([record]);
    return (position as { offset: number }).offset;
  }

  #readable(target: string, record: BusRecord): [string, FamilyMemory][] {
    try {
      return [[target, memoryOf(record)]];
    } catch (error) {
      this.logger.warn('The memory of a target can not be read.', { target, error });
      return [];
    }
  }

  #key(target: string): string {
    return memoryKey(this.role, target);
  }
}

/** A fenced owner may still have saved after the claim of the next one: the higher incarnation knows more. */
function keepNewest(
  newest: Map<string, { readonly record: BusRecord; readonly incarnation: number }>,
  wanted: ReadonlyMap<string, string>,
  record: BusRecord,
): void {
  if (record.key === null || !wanted.has(record.key)) return;
  if (record.value === null) return void newest.delete(record.key);
  const header = memoryHeader(record);
  if (!header || header.incarnation < (newest.get(header.key)?.incarnation ?? -1)) return;
  newest.set(header.key, { record, incarnation: header.incarnation });
}
