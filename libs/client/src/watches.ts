import type { BreakerCriticality } from '@omninode/contracts';
import { watchBreaker } from './breaker/watch-breaker.js';
import { watchCache } from './cache/watch-cache.js';
import type { CacheSource } from './cache/watch-cache.js';
import { clientErrors } from './errors.js';
import type { KafkaConsumer, KafkaProducer } from './kafka/kafkajs-shapes.js';
import { watchConsumer } from './kafka/watch-consumer.js';
import { watchProducer } from './kafka/watch-producer.js';
import { labelText } from './meter/bounded-labels.js';
import { watchPool } from './pool/watch-pool.js';
import type { PgPool } from './pool/watch-pool.js';
import type { Watch, WatchContext } from './watch/watch.js';

/** Each is given a name, few and fixed, that its series carry. A name is free again when its watch was stopped. */
export interface Watches {
  /** A pool of pg (`new pg.Pool()`). */
  watchPool(name: string, pool: PgPool): Watch;
  /** A producer of kafkajs. */
  watchProducer(name: string, producer: KafkaProducer): Watch;
  /** A consumer of kafkajs, before its `run`. */
  watchConsumer(name: string, consumer: KafkaConsumer): Watch;
  /** A cache of any kind: asked for its totals at each interval. */
  watchCache(name: string, cache: CacheSource): Watch;
  /** A breaker of opossum or cockatiel. */
  watchBreaker(name: string, breaker: object, options?: { readonly criticality?: BreakerCriticality }): Watch;
}

export function createWatches(context: WatchContext): { readonly methods: Watches; stop(): void } {
  const running = new Map<string, Watch>();

  return {
    methods: {
      watchPool: (name, pool) => start('pool', name, (label) => watchPool(context, label, pool)),
      watchProducer: (name, producer) => start('producer', name, (label) => watchProducer(context, label, producer)),
      watchConsumer: (name, consumer) => start('consumer', name, (label) => watchConsumer(context, label, consumer)),
      watchCache: (name, cache) => start('cache', name, (label) => watchCache(context, label, cache)),
      watchBreaker: (name, breaker, { criticality = 'unspecified' } = {}) =>
        start('breaker', name, (label) => watchBreaker(context, label, breaker, criticality)),
    },
    stop() {
      for (const watch of running.values()) watch.stop();
    },
  };

  /** What can't be watched is reported and left alone: the host goes on without. */
  function start(kind: string, name: string, begin: (label: string) => Watch): Watch {
    const label = labelText(name);
    const key = `${kind} ${label}`;
    if (running.has(key)) {
      context.onProblem(clientErrors.NAME_IN_USE({ kind, name: label }));
      return { stop: () => undefined };
    }
    try {
      const begun = begin(label);
      const watch = { stop: () => void (running.get(key) === watch && end(key, begun)) };
      running.set(key, watch);
      return watch;
    } catch (error) {
      context.onProblem(error);
      return { stop: () => undefined };
    }
  }

  function end(key: string, begun: Watch): void {
    running.delete(key);
    try {
      begun.stop();
    } catch (error) {
      context.onProblem(error);
    }
  }
}
