import { breakerKinds, breakerOutcomes, breakerStates } from '@omninode/contracts';
import { z } from 'zod';

const total = z.number().nonnegative();
const state = z.enum(breakerStates);

/**
 * What must be known of a breaker from pass to pass: a JSON value, so that the next owner goes on where this one ended. Totals in
 * it are ours: they go on when the source begins anew.
 */
export const courseSchema = z.object({
  kind: z.enum(breakerKinds),
  library: z.string(),
  /** Of the first pass that told of it, ms since 1970 UTC. */
  firstMs: z.number(),
  /** Of the latest pass, whether it told of it or not. */
  passMs: z.number(),
  /** Of the latest pass that told of it. */
  toldMs: z.number(),
  state,
  /** The latest state that was not unknown. */
  knownState: state,
  /** `null`: neither states nor openings were ever told. */
  trips: total.nullable(),
  /** When `trips` began to count; `null`: the source does not say. */
  tripsSinceMs: z.number().nullable(),
  /** By `from>to`. */
  transitions: z.record(z.string(), total),
  /** By state, s. */
  stateSeconds: z.partialRecord(state, total),
  stateSecondsSinceMs: z.number().nullable(),
  /** Totals of the source in the pass before, and when it began to count, where it says. */
  source: z.object({
    startMs: z.number().nullable(),
    openings: total.optional(),
    calls: z.partialRecord(z.enum(breakerOutcomes), total),
    stateSeconds: z.partialRecord(state, total),
  }),
  /** When the source's counters of calls began, as far as is known. */
  callsSinceMs: z.number().nullable(),
  /** The opening that it has not recovered from, if it is known when that was. `seconds`: time in it as the source counts it. */
  outage: z.object({ sinceMs: z.number(), seconds: total.nullable() }).nullable(),
  recovery: z
    .object({
      scale: z.literal(3),
      zeroCount: total,
      sum: total,
      offset: z.number().int(),
      counts: z.array(total).max(1_000),
    })
    .nullable(),
  /** Faded sums over about the latest five minutes. */
  window: z.object({ attempts: total, lost: total, watchedSeconds: total, openSeconds: total }),
  configuration: z.record(z.string(), z.number()),
  /** 0: no configuration was told yet. */
  generation: z.number().int().nonnegative(),
  /** Key of the latest change that the source told and we took. */
  lastChange: z.string().nullable(),
});

/** What is known of a breaker from all passes so far. */
export type Course = Readonly<z.infer<typeof courseSchema>>;
