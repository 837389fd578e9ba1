import { z } from 'zod';
import { identity, labels, plainObject, time, version } from './fields.js';

const word = /^[a-z][a-z0-9_-]{0,63}$/;
/** An address without a password in it: neither before the host nor as a parameter. */
const addressForm = /^(?![a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#@]*:[^/?#]*@)(?!.*[?&]password=)[^\s]{1,2048}$/;

/** A target announced at run time: value of `snapshot.target.v1`, key = its id. A tombstone: it is gone. */
export const targetRecord = z
  .object({
    v: version,
    id: identity.meta({ description: "The id of the target, its label `target`. It is the record's key." }),
    kind: z.string().regex(word).meta({ description: 'Which collector watches it: database, kafka, cache, breaker.' }),
    address: z.string().regex(addressForm).meta({
      description:
        'Where it is: a URL (postgres://user@host:5432/db) or a list of brokers (a:9092,b:9092). Never with a password.',
    }),
    labels: labels.optional().meta({ description: 'Labels that all its series get besides `target`.' }),
    options: plainObject(
      'What the kind has besides, as in the configuration: `cores`, `cache`, `pools`. No secrets and no files.',
    ).optional(),
    secrets: z
      .record(z.string().regex(word), z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/))
      .optional()
      .meta({
        description:
          'Which secret is used for what (`password`, `token`, `ca`): the name by which the collector knows the secret, never the secret.',
      }),
    time: time.meta({ description: 'When it was announced, ms since 1970 UTC.' }),
  })
  .meta({ description: 'A target announced at run time.' });

export type TargetRecord = z.infer<typeof targetRecord>;
