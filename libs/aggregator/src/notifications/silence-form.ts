import { z } from 'zod';

/** A silence as it lies under `silence/<id>`. Times in ms since 1970 UTC. */
export const silenceForm = z.object({
  id: z.string().min(1).max(64),
  matchers: z.array(z.string().max(1_200)).min(1).max(32),
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  createdAtMs: z.number(),
  createdBy: z.string().max(200),
  comment: z.string().max(2_000),
});
