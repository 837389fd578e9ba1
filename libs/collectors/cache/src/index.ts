/**
 * Watches Redis 6.2 and newer, Valkey, and the statistics of application caches, over one connection per target.
 *
 * families/     what is measured, one file each
 * redis/        INFO and SLOWLOG of a server, when its counters began, what of them is our own doing
 * application/  the JSON of an application's caches
 */
export { cacheConfig } from './cache.config.js';
export type { CacheConfig } from './cache.config.js';
export { cacheEvents, cacheMetrics } from './cache.metrics.js';
export { CACHE_COLLECTOR, cacheCollectorModule } from './cache-collector.module.js';
export type { CacheCollectorOptions } from './cache-collector.module.js';
export type { CacheQuery, CacheReply } from './cache-reply.js';
export { cacheTargetOptions, cacheTargets } from './cache-target.js';
export type { CacheTarget } from './cache-target.js';
export { cacheWatch } from './cache-watch.js';
export { errors as cacheErrors } from './errors.js';
export { cacheFamilies } from './families.js';
export { minimalAcl } from './minimal-acl.js';
