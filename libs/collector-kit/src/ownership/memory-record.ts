import { gunzipSync, gzipSync } from 'node:zlib';
import { errorCode } from '@omninode/contracts';
import type { BusRecord, NewRecord } from '@omninode/contracts';
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
export function memoryRecord(
  topic: string,
  { key, owner, incarnation }: { readonly key: string; readonly owner: string; readonly incarnation?: number },
  memory: FamilyMemory,
): { readonly record: NewRecord; readonly problem?: Error } {
  const headers = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    owner,
    ...(incarnation === undefined ? {} : { incarnation: String(incarnation) }),
  };
  const value = gzipSync(JSON.stringify(memory), { level: 1 });
  if (value.length <= maxBytes) return { record: { topic, key, value, headers } };
  const { biggest, rest } = withoutBiggest(memory);
  const { record } = memoryRecord(topic, { key, owner, ...(incarnation === undefined ? {} : { incarnation }) }, rest);
  return { record, problem: errors.MEMORY_TOO_BIG({ key, family: biggest, bytes: value.length, maxBytes }) };
}

function withoutBiggest(memory: FamilyMemory): { biggest: string; rest: FamilyMemory } {
  const sizeOf = (family: string) => JSON.stringify(memory[family])?.length ?? 0;
  const biggest = Object.keys(memory).reduce((big, family) => (sizeOf(family) > sizeOf(big) ? family : big));
  return { biggest, rest: Object.fromEntries(Object.entries(memory).filter(([family]) => family !== biggest)) };
}

/** `undefined` for a tombstone and for what is not a memory record. */
export function memoryHeader({ key, value, headers, offset }: BusRecord): MemoryHeader | undefined {
  if (key === null || value === null || headers.owner === undefined) return undefined;
  const isClaim = headers.incarnation === undefined;
  const incarnation = isClaim ? offset : Number(headers.incarnation);
  return Number.isSafeInteger(incarnation) ? { key, owner: headers.owner, incarnation, isClaim } : undefined;
}

/** Throws `MEMORY_UNREADABLE`. */
export function memoryOf({ key, value }: BusRecord): FamilyMemory {
  try {
    const memory: unknown = JSON.parse(
      gunzipSync(value ?? Buffer.alloc(0), { maxOutputLength: 64 * 1024 * 1024 }).toString(),
    );
    if (typeof memory === 'object' && memory !== null && !Array.isArray(memory)) return memory as FamilyMemory;
  } catch (error) {
    throw errors.MEMORY_UNREADABLE({ key: String(key), code: errorCode(error) }, error);
  }
  throw errors.MEMORY_UNREADABLE({ key: String(key), code: 'NOT_AN_OBJECT' });
}
