import { z } from 'zod';
import { causeOf } from '../course/cause-of.js';
import type { ToldChange } from '../observation.js';
import { stateOf } from './states.js';

const event = z.object({
  circuitBreakerName: z.string(),
  type: z.string(),
  creationTime: z.string(),
  stateTransition: z.string().nullish(),
});
const reply = z.object({ circuitBreakerEvents: z.array(z.unknown()) });

/**
 * The changes of state among the latest events, oldest first. resilience4j keeps a hundred events for each breaker, calls
 * among them, so that in a busy breaker a change is soon forgotten: what is missing here shows in the state all the same.
 */
export function changesByBreaker(json: unknown): ReadonlyMap<string, readonly ToldChange[]> | undefined {
  const parsed = reply.safeParse(json);
  if (!parsed.success) return undefined;
  const changes = parsed.data.circuitBreakerEvents.flatMap((told) => {
    const { data } = event.safeParse(told);
    const change = data?.type === 'STATE_TRANSITION' ? changeOf(data) : undefined;
    return data && change ? [{ component: data.circuitBreakerName, change }] : [];
  });
  const byBreaker = Map.groupBy(changes, ({ component }) => component);
  return new Map(
    [...byBreaker].map(([component, of]) => [
      component,
      of.map(({ change }) => change).sort((a, b) => a.happenedMs - b.happenedMs),
    ]),
  );
}

/** `2026-01-31T10:00:00.123456+01:00[Europe/Amsterdam]`, `CLOSED_TO_OPEN`. */
function changeOf({ creationTime, stateTransition }: z.infer<typeof event>): ToldChange | undefined {
  const happenedMs = Date.parse(creationTime.replace(/\[.*\]$/, ''));
  const [from, to] = (stateTransition ?? '').split('_TO_').map(stateOf);
  if (!Number.isFinite(happenedMs) || !from || !to) return undefined;
  return { key: `${creationTime} ${stateTransition}`, from, to, cause: causeOf(from, to), happenedMs };
}
