import { breakerKinds, breakerOutcomes, breakerStates } from '@omninode/contracts';
import type { BreakerKind, BreakerOutcome, BreakerState } from '@omninode/contracts';
import { z } from 'zod';
import { figureNames } from '../observation.js';
import type { FigureName } from '../observation.js';

/** What one metric of an exposition says of breakers: declared data, the same for our dialects and for a target's own rules. */
export interface Rule {
  /** The whole name. Named groups of a pattern can be used in `component`. */
  readonly metric: string | RegExp;
  /** The breaker's name, made of labels: `{name}`, `{pipeline_name}/{strategy_name}`. `{a|b}`: the first that is there. */
  readonly component: string;
  /** Only samples with these label values. */
  readonly where?: Readonly<Record<string, string>> | undefined;
  readonly kind?: BreakerKind | undefined;
  /** With `label`: one series for each state, 1 for the one that it is in. Without: the value is a number that stands for a state. */
  readonly state?: { readonly label?: string | undefined; readonly names: Names<BreakerState> } | undefined;
  /** A total of time in the state that the label names. */
  readonly stateSeconds?:
    | { readonly label: string; readonly names: Names<BreakerState>; readonly perSecond?: number | undefined }
    | undefined;
  /** A total of calls: of the outcome that the label names, or of this one. `includes`: these are counted in `failure` too. */
  readonly calls?:
    | {
        readonly label?: string | undefined;
        readonly names?: Names<BreakerOutcome> | undefined;
        readonly outcome?: BreakerOutcome | undefined;
        readonly includes?: readonly BreakerOutcome[] | undefined;
      }
    | undefined;
  /** A total of openings. `appears`: the series is not there before the first one, so that none is 0. */
  readonly openings?: { readonly from: 'closed' | 'unknown'; readonly appears?: boolean | undefined } | undefined;
  /** A figure to publish, `scale` times the value. Negative values mean that there is none. */
  readonly figure?: { readonly name: FigureName | Ingredient; readonly scale?: number | undefined } | undefined;
}

type Names<T> = Readonly<Record<string, T>>;

/** Figures that are not published, but that published ones are made of. */
export const ingredients = ['ejected_hosts', 'member_hosts'] as const;
export type Ingredient = (typeof ingredients)[number];

const label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
const state = z.enum(breakerStates);
const outcome = z.enum(breakerOutcomes);

/** A rule in the configuration of a target. */
export const ruleSchema = z
  .object({
    metric: z
      .string()
      .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/)
      .describe('The whole name of the metric.'),
    component: z
      .string()
      .regex(/\{[a-zA-Z_][a-zA-Z0-9_|]*\}/)
      .default('{name}')
      .describe("The breaker's name, made of labels in braces."),
    where: z.record(label, z.string()).optional().describe('Only samples with these label values.'),
    kind: z.enum(breakerKinds).optional().describe('What makes it open.'),
    state: z
      .object({
        label: label.optional().describe('The label that names the state, where there is one series for each.'),
        names: z.record(z.string(), state).describe('Which label value, or which number, stands for which state.'),
      })
      .optional()
      .describe('It tells the state.'),
    stateSeconds: z
      .object({
        label: label.describe('The label that names the state.'),
        names: z.record(z.string(), state).describe('Which label value stands for which state.'),
        perSecond: z.number().positive().optional().describe('Units of the value in a second. Default 1.'),
      })
      .optional()
      .describe('It counts the time in each state.'),
    calls: z
      .object({
        label: label.optional().describe('The label that names the outcome.'),
        names: z.record(z.string(), outcome).optional().describe('Which label value stands for which outcome.'),
        outcome: outcome.optional().describe('The outcome of all that it counts, where no label names it.'),
        includes: z.array(outcome).optional().describe('Outcomes that are counted as failure too.'),
      })
      .optional()
      .describe('It counts calls.'),
    openings: z
      .object({
        from: z.enum(['closed', 'unknown']).describe('unknown: those after a failed probe are counted too.'),
        appears: z.boolean().optional().describe('Whether the series is not there before the first one.'),
      })
      .optional()
      .describe('It counts openings.'),
    figure: z
      .object({
        name: z.enum(figureNames).describe('Which figure it is.'),
        scale: z.number().optional().describe('What the value is multiplied by.'),
      })
      .optional()
      .describe('It is a figure to publish.'),
  })
  .describe('What one metric says of breakers.');
