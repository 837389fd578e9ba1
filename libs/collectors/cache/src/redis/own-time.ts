import { z } from 'zod';

/** Of a command that we send too: what the server had counted by the pass before, and our part of it. */
export const ownTimeSchema = z.object({ calls: z.number(), usec: z.number(), own: z.number(), ownUsec: z.number() });
export type OwnTime = z.infer<typeof ownTimeSchema>;

/**
 * Our part of the time that a command took: of each interval, the share of our calls in its calls. Exact where nobody else
 * sends it, as is usual for INFO and SLOWLOG GET, and never so much that the rest would fall.
 */
export function addOwnTime(before: OwnTime | undefined, now: Omit<OwnTime, 'ownUsec'>): OwnTime {
  const since = before ?? { calls: 0, usec: 0, own: 0, ownUsec: 0 };
  const calls = now.calls - since.calls;
  const share = calls > 0 ? Math.min(1, Math.max(0, now.own - since.own) / calls) : 0;
  return { ...now, ownUsec: since.ownUsec + Math.max(0, now.usec - since.usec) * share };
}
