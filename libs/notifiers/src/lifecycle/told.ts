import { z } from 'zod';

/** What a receiver was told last of one alert. */
export const toldForm = z.object({
  state: z.enum(['firing', 'resolved']),
  severity: z.enum(['info', 'warning', 'critical']),
  /** Of the alert: tells one time that it fired from the next, ms since 1970 UTC. */
  startsAtMs: z.number(),
  /** When it was told, ms since 1970 UTC. */
  atMs: z.number(),
  /** The group that it was told with. */
  group: z.string(),
  /** Told by a number only, in the summary of a storm. */
  inStorm: z.literal(true).optional(),
});
export type Told = z.infer<typeof toldForm>;

/** An alert that fired and cleared before anybody could be told. */
export const missedAlertForm = z.object({
  fingerprint: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAtMs: z.number(),
  endsAtMs: z.number(),
});
export type MissedAlert = z.infer<typeof missedAlertForm>;

/** The outbox of a receiver: what the next leader must know. What fires now it learns from the alert topic. */
export const outboxForm = z.object({
  version: z.literal(1),
  told: z.record(z.string(), toldForm),
  missed: z.object({ alerts: z.array(missedAlertForm), count: z.number() }),
  /** By partition of the alert topic: the offset of the first record that was not taken into account. */
  offsets: z.record(z.string(), z.number()),
  isStormOpen: z.boolean(),
  /** Messages of the last minute, ms since 1970 UTC: the cap holds over a change of the leader. */
  sentAtMs: z.array(z.number()),
});
export type Outbox = z.infer<typeof outboxForm>;
