import { Inject } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Client } from '@omninode/client';
import CircuitBreaker from 'opossum';
import { CLIENT } from '../tokens.js';
import { EventCounts } from './event-counts.js';

type Work = () => Promise<unknown>;
export type Breaker = CircuitBreaker<[Work], unknown>;

/**
 * The platform's breakers that are needed here, by its names and with what it sets for development: so many calls at least, of
 * which half must have failed, and so many seconds until it tries again.
 */
export const breakerSettings = {
  database_operations: { criticality: 'critical', minimumCalls: 3, resetSeconds: 30, timeoutMs: 5_000 },
  kafka_operations: { criticality: 'high', minimumCalls: 3, resetSeconds: 20, timeoutMs: 5_000 },
  external_api_operations: { criticality: 'low', minimumCalls: 2, resetSeconds: 5, timeoutMs: 1_000 },
} as const;
export type BreakerName = keyof typeof breakerSettings;
const names = Object.keys(breakerSettings) as BreakerName[];

/** Calls of what may fail go through these, by how much depends on it. */
export class Breakers implements OnApplicationShutdown {
  readonly events = new EventCounts();
  readonly #breakers: ReadonlyMap<BreakerName, Breaker>;

  constructor(@Inject(CLIENT) client: Client) {
    this.#breakers = new Map(names.map((name) => [name, this.#create(name, client)]));
  }

  /** Throws what the work throws, or opossum's error when it was not begun or took too long. */
  async call<T>(name: BreakerName, work: () => Promise<T>): Promise<T> {
    return (await this.#breakers.get(name)!.fire(work)) as T;
  }

  entries(): readonly (readonly [BreakerName, Breaker])[] {
    return [...this.#breakers];
  }

  onApplicationShutdown(): void {
    for (const breaker of this.#breakers.values()) breaker.shutdown();
  }

  #create(name: BreakerName, client: Client): Breaker {
    const { criticality, minimumCalls, resetSeconds, timeoutMs } = breakerSettings[name];
    const breaker: Breaker = new CircuitBreaker((work: Work) => work(), {
      name,
      timeout: timeoutMs,
      resetTimeout: resetSeconds * 1_000,
      volumeThreshold: minimumCalls,
      errorThresholdPercentage: 50,
    });
    client.watchBreaker(name, breaker, { criticality });
    this.events.count(name, breaker);
    return breaker;
  }
}
