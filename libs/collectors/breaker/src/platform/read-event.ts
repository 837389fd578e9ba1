import type { BreakerState } from '@omninode/contracts';
import { z } from 'zod';

/** A change of state as the platform tells it. */
export interface PlatformEvent {
  /** `service_name`. */
  readonly component: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** ms since 1970 UTC. */
  readonly happenedMs: number;
  readonly failures?: number | undefined;
  readonly threshold?: number | undefined;
}

const count = z.number().int().nonnegative().nullish().catch(undefined);
const body = z.object({
  service_name: z.string().min(1).max(200),
  state: z.string(),
  previous_state: z.string().nullish(),
  failure_count: count,
  threshold: count,
  timestamp: z.union([z.string(), z.number()]).nullish(),
});

/**
 * The event `{ service_name, state, previous_state, failure_count, threshold, timestamp }` of the platform's topic, by itself or
 * as the `payload` of its envelope. `writtenMs`: when the record was written, for an event that does not tell its time.
 * `undefined` for what is none.
 */
export function readEvent(value: Buffer | null, writtenMs: number): PlatformEvent | undefined {
  const json = parseJson(value);
  const { data } = body.safeParse(json).success ? body.safeParse(json) : body.safeParse((json as Enveloped)?.payload);
  if (!data) return undefined;
  return {
    component: data.service_name,
    from: stateOf(data.previous_state),
    to: stateOf(data.state),
    happenedMs: timeOf(data.timestamp) ?? writtenMs,
    failures: data.failure_count ?? undefined,
    threshold: data.threshold ?? undefined,
  };
}

type Enveloped = { readonly payload?: unknown } | null | undefined;

/** Also the name of a member of the enumeration, `CircuitState.HALF_OPEN`. What is none of these is unknown. */
function stateOf(told: string | null | undefined): BreakerState {
  const name = (told ?? '').toLowerCase().replace(/^.*\./, '').replace('-', '_');
  return name === 'closed' || name === 'open' || name === 'half_open' ? name : 'unknown';
}

/** Python writes six digits of the second, and leaves the zone out where it means UTC. */
function timeOf(told: string | number | null | undefined): number | undefined {
  if (told === null || told === undefined) return undefined;
  if (typeof told === 'number') return told > 1e11 ? told : told * 1000;
  const ms = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(told) ? told : `${told}Z`);
  return Number.isFinite(ms) ? ms : undefined;
}

function parseJson(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString() ?? '') as unknown;
  } catch {
    return undefined; // no JSON, so no event: the caller counts it
  }
}
