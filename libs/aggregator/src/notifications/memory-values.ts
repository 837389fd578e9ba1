import { gunzipSync, gzipSync } from 'node:zlib';
import { isClaim, memoryHeaders, memoryRecord } from '@omninode/contracts';
import type { BusRecord, MemoryHeaders, MemoryRecord, NewRecord } from '@omninode/contracts';

/** Where a memory is written, and by whom. Without `incarnation` it is a claim. */
export interface MemoryPlace {
  readonly topic: string;
  readonly key: string;
  readonly owner: string;
  readonly incarnation?: number;
}

export function newMemory({ topic, key, owner, incarnation }: MemoryPlace, memory: MemoryRecord): NewRecord {
  const headers: MemoryHeaders = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    owner,
    ...(incarnation !== undefined && { incarnation: String(incarnation) }),
  };
  return { topic, key, value: gzipSync(JSON.stringify(memory), { level: 1 }), headers: { ...headers } };
}

/** A memory as it lies on the topic. */
export interface Memory {
  readonly key: string;
  readonly owner: string;
  /** Of the owner: the offset of its claim. For a claim, its own offset. */
  readonly incarnation: number;
  readonly isClaim: boolean;
  readonly offset: number;
  readonly value: MemoryRecord;
}

/** More than a record can hold in earnest. */
const maxOutputLength = 64 * 1024 * 1024;

/** `undefined` for a tombstone and for what is no memory record. */
export function readMemory({ key, value, headers, offset }: BusRecord): Memory | undefined {
  const parsed = memoryHeaders.safeParse(headers);
  if (key === null || value === null || !parsed.success) return undefined;
  const { owner, incarnation } = parsed.data;
  const written = valueOf(value);
  if (!written) return undefined;
  const number = incarnation === undefined ? offset : Number(incarnation);
  return { key, owner, incarnation: number, isClaim: isClaim(parsed.data), offset, value: written };
}

function valueOf(packed: Buffer): MemoryRecord | undefined {
  try {
    const parsed = memoryRecord.safeParse(JSON.parse(gunzipSync(packed, { maxOutputLength }).toString()));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // the caller counts it as unreadable; what it holds may be anything
  }
}
