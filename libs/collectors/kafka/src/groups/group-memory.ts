import { z } from 'zod';
import { endSamplesSchema } from '../offsets/end-samples.js';

/** What is remembered of a partition that a group committed. */
const progressSchema = z.object({
  offset: z.number(),
  /** Since when it is seen behind at this very offset, ms since 1970 UTC: now, while it moves or has nothing to do. */
  stuckSinceMs: z.number(),
  /** Whether messages waited when it was last seen. */
  isBehind: z.boolean(),
  /** How far apart its commits lately were while it was behind, ms. */
  usualGapMs: z.number(),
});
export type Progress = z.infer<typeof progressSchema>;

const topicProgressSchema = z.object({
  id: z.string().optional(),
  /** Messages that the group got past, and since when they are counted, ms since 1970 UTC. */
  total: z.number(),
  sinceMs: z.number(),
  partitions: z.record(z.string(), progressSchema),
});
export type TopicProgress = z.infer<typeof topicProgressSchema>;

const groupMemorySchema = z.object({
  /** When a commit was last seen to move; absent: never since the group is watched. */
  movedMs: z.number().optional(),
  verdict: z.string().optional(),
  /** All that it ever was, so that what it no longer is can be told. */
  states: z.array(z.string()),
  verdicts: z.array(z.string()),
  topics: z.record(z.string(), topicProgressSchema),
});
export type GroupMemory = z.infer<typeof groupMemorySchema>;

/** What the family remembers from pass to pass. */
export const groupsMemorySchema = z.object({
  samples: endSamplesSchema,
  groups: z.record(z.string(), groupMemorySchema),
});
export type GroupsMemory = z.infer<typeof groupsMemorySchema>;
