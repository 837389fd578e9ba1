import { z } from 'zod';
import { identity } from './fields.js';

/**
 * What the owner of an entity must remember: value of `snapshot.memory.v1` (JSON, packed with gzip), key `<role>/<entity>`.
 * A new owner reads the latest, takes it over and writes it again as its claim, without the header `incarnation`: the offset
 * that the claim gets is the owner's incarnation and fencing token, and stands in that header of all that it saves later. A
 * record with an older incarnation than the newest claim comes from an owner that does not know yet that it is none: it is
 * passed over.
 */
export const memoryRecord = z.record(z.string(), z.unknown()).meta({
  description: 'What the next owner must know, by family: JSON values, such as the last slowlog id or baselines.',
});

export type MemoryRecord = z.infer<typeof memoryRecord>;

export const memoryHeaders = z
  .object({
    'content-type': z.literal('application/json').meta({ description: 'What the unpacked value is.' }),
    'content-encoding': z.literal('gzip').meta({ description: 'How it is packed.' }),
    owner: identity.meta({ description: 'The process that wrote it.' }),
    incarnation: z
      .string()
      .regex(/^\d{1,16}$/)
      .optional()
      .meta({ description: "Offset of the owner's claim, in decimal digits. Absent: this record is the claim." }),
  })
  .meta({ description: 'Headers of a memory record.' });

export type MemoryHeaders = z.infer<typeof memoryHeaders>;

export function isClaim(headers: MemoryHeaders): boolean {
  return headers.incarnation === undefined;
}

/** The key of a memory. */
export function memoryKey(role: string, entity: string): string {
  return `${role}/${entity}`;
}
