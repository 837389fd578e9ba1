import { counter, defineMetrics, gauge } from '../catalogue.js';

/**
 * What there is to say of a cache inside of an application, in the same words whoever says it: the client from inside a service,
 * the cache collector from the service's own report. `cache` is its name.
 */
export const applicationCacheMetrics = defineMetrics({
  omninode_cache_hits_total: counter('operations', 'Lookups that found what they looked for.', ['cache']),
  omninode_cache_misses_total: counter('operations', 'Lookups that did not find what they looked for.', ['cache']),
  omninode_cache_hit_rate_ratio: gauge(
    'ratio',
    'Share of lookups that found what they looked for, since the pass before. Absent when there were none.',
    ['cache'],
  ),
  omninode_cache_evictions_total: counter(
    'entries',
    'Entries dropped to make room. Absent when the cache does not say.',
    ['cache'],
  ),
  omninode_cache_entries: gauge(
    'entries',
    'Entries in the cache, by where they are: memory, or disk in an application. Absent when the cache does not say.',
    ['cache', 'tier'],
  ),
  omninode_memory_usage_bytes: gauge('bytes', 'Memory that the cache takes. Absent when the cache does not say.', [
    'cache',
  ]),
  omninode_cache_memory_limit_bytes: gauge(
    'bytes',
    'Memory that the cache may take. Absent when it has no limit, or does not say.',
    ['cache'],
  ),
});
