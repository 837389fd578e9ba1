import { z } from 'zod';
import { count, identity, plainObject, time, version } from './fields.js';

/**
 * What the owner of an entity must remember: value of `snapshot.memory.v1`, key `<role>/<entity>`. A new owner reads the
 * latest, takes its `memory` over and writes its claim: the same record without `incarnation`. The claim's offset is the
 * owner's incarnation and fencing token, and stands in every record that it writes afterwards. A record with an older
 * incarnation than the newest claim comes from an owner that does not know yet that it is none: it is passed over.
 */
export const memoryRecord = z
  .object({
    v: version,
    role: identity.meta({ description: 'What the owner does: `database-collector`, `tuner`.' }),
    entity: identity.meta({ description: 'The target or service that is owned.' }),
    owner: identity.meta({ description: 'The instance that wrote this.' }),
    time: time.meta({ description: 'When it was written, ms since 1970 UTC.' }),
    incarnation: count
      .optional()
      .meta({ description: "Offset of the owner's claim. Absent: this record is the claim." }),
    memory: plainObject('What the next owner must know, such as the last slowlog id or baselines, by family.'),
  })
  .meta({ description: 'The memory of an owner, and its claim.' });

export type MemoryRecord = z.infer<typeof memoryRecord>;

export function isClaim(record: MemoryRecord): boolean {
  return record.incarnation === undefined;
}

/** The key of a memory. */
export function memoryKey(role: string, entity: string): string {
  return `${role}/${entity}`;
}
