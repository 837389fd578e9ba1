import { z } from 'zod';
import { count, identity, plainObject, text, time, version } from './fields.js';

/** A setting's value: a number in its base unit, a text, or a switch. */
export const setting = z.union([z.number(), text(1_024), z.boolean()]);

/** A command of the tuner: value of `cmd.tuning.v1`, key = entity. */
export const commandRecord = z
  .object({
    v: version,
    id: identity.meta({ description: 'Identity: a command that comes again is not applied again.' }),
    entity: identity.meta({ description: "The service or target that is to change. It is the record's key." }),
    parameter: identity.meta({ description: 'Name of the setting, such as pool.orders.max.' }),
    value: setting.meta({ description: 'What it is to become, in its base unit.' }),
    expectedCurrent: setting.meta({ description: 'What it must be now; otherwise the command is refused.' }),
    generation: z
      .int()
      .positive()
      .meta({ description: '1, 2, 3 … per entity and parameter; a smaller one than the last applied is refused.' }),
    fence: count.meta({ description: "Offset of the tuner's claim; a smaller one than the greatest seen is refused." }),
    issuedAt: time.meta({ description: 'When it was decided, ms since 1970 UTC.' }),
    expiresAt: time.meta({
      description:
        'After this it is not applied any more; an applied change is undone unless it was confirmed. ms since 1970 UTC.',
    }),
    reason: text(1_024).meta({ description: 'One sentence: why.' }),
    evidence: plainObject('The figures that the decision rests on.'),
    mode: z.enum(['dry_run', 'canary', 'apply']).meta({
      description:
        'dry_run: say what would happen. canary: one instance of the service applies it. apply: all instances do.',
    }),
    signature: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .meta({
        description: 'HMAC-SHA-256 in hex over `signedText` of the command. Required where the receiver has a key.',
      }),
  })
  .refine(({ issuedAt, expiresAt }) => expiresAt > issuedAt, 'it expires before it is issued')
  .meta({ description: 'A change that the tuner asks for.' });

export type CommandRecord = z.infer<typeof commandRecord>;

/** What a command's signature is made over: its JSON without the signature, members sorted by name at every level, no spaces. */
export function signedText(command: CommandRecord): string {
  return canonicalJson({ ...command, signature: undefined });
}

/** Written by hand, because an object puts members that look like integers first. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join()}}`;
}
