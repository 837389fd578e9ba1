import { z } from 'zod';
import { setting } from './command.js';
import { count, identity, text, time, version } from './fields.js';

/** Why a command was not applied. */
export const refusals = [
  'expired',
  'fenced',
  'superseded',
  'out_of_bounds',
  'step_too_large',
  'not_allowed',
  'current_differs',
  'bad_signature',
  'switched_off',
] as const;

/** What a target says that it now runs with: value of `evt.tuning-outcome.v1`, key = entity. */
export const outcomeRecord = z
  .object({
    v: version,
    command: identity.meta({ description: 'Id of the command that this answers.' }),
    entity: identity.meta({ description: "The service or target. It is the record's key." }),
    instance: identity.meta({ description: 'The instance of the service that answers.' }),
    parameter: identity.meta({ description: 'Name of the setting.' }),
    state: z.enum(['refused', 'would_apply', 'applied', 'failed', 'kept', 'reverted']).meta({
      description:
        'refused: not tried. would_apply: the answer to a dry run. applied: set and read back. failed: tried, but it runs with something else. kept: verified. reverted: back to what it was.',
    }),
    refusal: z.enum(refusals).optional().meta({ description: 'Why it was refused.' }),
    value: setting.optional().meta({
      description: 'The value read back after the attempt, not the one asked for. Absent: it can not be read.',
    }),
    previous: setting.optional().meta({ description: 'The value before.' }),
    fence: count.meta({ description: 'The greatest fence that the instance has seen.' }),
    reason: text(1_024).meta({ description: 'One sentence: what happened and why. Empty when applied as asked.' }),
    time: time.meta({ description: 'When it was read back, ms since 1970 UTC.' }),
  })
  .refine(
    ({ state, refusal }) => (state === 'refused') === (refusal !== undefined),
    'refusal belongs to refused commands, and only to them',
  )
  .meta({ description: 'What became of a command.' });

export type OutcomeRecord = z.infer<typeof outcomeRecord>;
