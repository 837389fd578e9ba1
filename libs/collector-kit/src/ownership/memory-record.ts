import { gunzipSync, gzipSync } from 'node:zlib';
import { errorCode, isClaim, memoryHeaders, memoryRecord } from '@omninode/contracts';
import type { BusRecord, MemoryHeaders, NewRecord } from '@omninode/contracts';
import { errors } from '../errors.js';

/** What the families of a target remember, by family: JSON values. */
export type FamilyMemory = Readonly<Record<string, unknown>>;

/** A record of the memory topic as its headers tell it; the value, which can be big, is read only when it is needed. */
export interface MemoryHeader {
  readonly key: string;
  /** The process that wrote it. */
  readonly owner: string;
  /** Of the owner: the offset of its claim. For a claim, its own offset. */
  readonly incarnation: number;
  readonly isClaim: boolean;
}

/** Kafka's default limit of a record is 1 MiB. */
const maxBytes = 900_000;

/**
 * A claim (`incarnation` absent: it will be the offset that the record gets) or a later save of the memory.
 * What no record can hold is left out, the biggest family first, and the caller is told.
 */
export function newMemoryRecord(
  topic: string,
  { key, owner, incarnation }: { readonly key: string; readonly owner: string; readonly incarnation?: number },
  memory: FamilyMemory,
): { readonly record: NewRecord; readonly problem?: Error } {
  const headers: MemoryHeaders = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    owner,
    ...(incarnation === undefined ? {} : { incarnation: String(incarnation) }),
  };
  const value = gzipSync(JSON.stringify(memory), { level: 1 });
  if (value.length <= maxBytes) return { record: { topic, key, value, headers: { ...headers } } };
  const { biggest, rest } = withoutBiggest(memory);
  const { record } = newMemoryRecord(
    topic,
    { key, owner, ...(incarnation === undefined ? {} : { incarnation }) },
    rest,
  );
  return { record, problem: errors.MEMORY_TOO_BIG({ key, family: biggest, bytes: value.length, maxBytes }) };
}

function withoutBiggest(memory: FamilyMemory): { biggest: string; rest: FamilyMemory } {
  const sizeOf = (family: string) => JSON.stringify(memory[family])?.length ?? 0;
  const biggest = Object.keys(memory).reduce((big, family) => (sizeOf(family) > sizeOf(big) ? family : big));
  return { biggest, rest: Object.fromEntries(Object.entries(memory).filter(([family]) => family !== biggest)) };
}

/** `undefined` for a tombstone and for what is not a memory record. */
export function memoryHeader({ key, value, headers, offset }: BusRecord): MemoryHeader | undefined {
  const parsed = memoryHeaders.safeParse(headers);
  if (key === null || value === null || !parsed.success) return undefined;
  const { owner, incarnation } = parsed.data;
  return {
    key,
    owner,
    incarnation: incarnation === undefined ? offset : Number(incarnation),
    isClaim: isClaim(parsed.data),
  };
}

/** Throws `MEMORY_UNREADABLE`. */
export function memoryOf({ key, value }: BusRecord): FamilyMemory {
  try {
    return memoryRecord.parse(JSON.parse(gunzipSync(value ?? Buffer.alloc(0), { maxOutputLength }).toString()));
  } catch (error) {
    throw errors.MEMORY_UNREADABLE({ key: String(key), code: errorCode(error) }, error);
  }
}

/** More than a record of `maxBytes` can hold in earnest. */
const maxOutputLength = 64 * 1024 * 1024;
