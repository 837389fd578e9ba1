import { randomUUID } from 'node:crypto';
import type { Reader } from '@omninode/collector-kit';
import { openApplication } from './application.reader.js';
import type { ApplicationReaderOptions } from './application.reader.js';
import type { CacheQuery } from './cache-reply.js';
import { isServer } from './cache-target.js';
import type { CacheTarget } from './cache-target.js';
import { explainError } from './explain-error.js';
import { OwnCounter } from './redis/own-counter.js';
import { openRedis } from './redis.reader.js';
import type { RedisReaderOptions } from './redis.reader.js';

export type CacheReaderOptions = RedisReaderOptions & ApplicationReaderOptions;

/** Talks to Redis or to an application, as the scheme of the target's URL says. */
export function cacheReader(options: CacheReaderOptions): Reader<CacheTarget, CacheQuery> {
  const counters = new WeakMap<CacheTarget, OwnCounter>();
  return {
    explain: explainError,
    connect(target, signal) {
      if (!isServer(target)) return openApplication(target, options, signal);
      const own = counters.get(target) ?? new OwnCounter(randomUUID());
      counters.set(target, own);
      return openRedis(target, options, own, signal);
    },
  };
}
