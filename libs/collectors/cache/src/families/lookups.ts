import { defineFamily, difference } from '@omninode/collector-kit';
import type { Figure } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import { z } from 'zod';
import { readCacheStats, unknownShape } from '../application/cache-stats.js';
import type { CacheStats } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { countedSince, eraSchema } from '../counter-era.js';
import type { Counted, Era } from '../counter-era.js';
import { serverCounted } from '../redis/counters.js';
import { readInfo } from '../redis/info.js';

/** By name of the cache. */
const memorySchema = z.object({ eras: z.record(z.string(), eraSchema) });

interface Lookups extends Counted {
  readonly cache: string;
  readonly hits: Figure;
  readonly misses: Figure;
}

/**
 * Hits and misses, and the hit rate of the interval. A rate since the start would hardly move any more on an old server, and
 * would be 0 on a fresh one. We look no keys up ourselves, so none of it is ours.
 */
export const lookups = defineFamily<CacheQuery, CacheReply>()({
  name: 'lookups',
  lane: 'fast',
  metrics: {
    omninode_cache_hits_total: counter('operations', 'Lookups that found their key.', ['cache']),
    omninode_cache_misses_total: counter('operations', 'Lookups that did not find their key.', ['cache']),
    omninode_cache_hit_rate_ratio: gauge(
      'ratio',
      'Hits of all lookups since the pass before. Absent when there were none, on the first pass, and when the counters began anew.',
      ['cache'],
    ),
  },
  events: {
    'cache.application_counters_reset': {
      meaning: 'The counters of an application cache fell since the pass before: it was restarted or cleared.',
      attributes: { cache: 'The name of the cache.' },
    },
  },
  query: 'statistics',
  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory }) {
    const before = memory?.eras ?? {};
    const all = lookupsOf(reply, before, atMs);
    if (all.length === 0) record.report('degraded', unknownShape);
    for (const { cache, hits, misses, era, reset } of all) {
      record.omninode_cache_hits_total(hits, { cache }, era.startMs);
      record.omninode_cache_misses_total(misses, { cache }, era.startMs);
      record.omninode_cache_hit_rate_ratio(reset ? undefined : hitRate(era, before[cache]), { cache });
      if (reset === 'unknown') record.event('cache.application_counters_reset', { cache });
    }
    return { eras: Object.fromEntries(all.map(({ cache, era }) => [cache, era])) };
  },
});

function lookupsOf(reply: CacheReply, before: Readonly<Record<string, Era>>, atMs: number): readonly Lookups[] {
  if (reply.source === 'application')
    return readCacheStats(reply).map((stats) => applicationLookups(stats, before, atMs));
  const info = readInfo(reply.info);
  const [hits, misses] = [info.get('keyspace_hits'), info.get('keyspace_misses')];
  return [{ cache: 'redis', hits, misses, ...serverCounted(info, before['redis'], atMs) }];
}

function applicationLookups(
  { cache, figure }: CacheStats,
  before: Readonly<Record<string, Era>>,
  atMs: number,
): Lookups {
  const hits = figure('performance_metrics', 'cache_hits');
  const misses = figure('performance_metrics', 'cache_misses');
  const counts = { keyspace_hits: wholeNumber(hits), keyspace_misses: wholeNumber(misses) };
  return { cache, hits, misses, ...countedSince({ mayHaveBeenReset: true, counts }, before[cache], atMs) };
}

function hitRate({ counts: now }: Era, before: Era | undefined): number | undefined {
  const since = (name: 'keyspace_hits' | 'keyspace_misses') => {
    const [to, from] = [now[name], before?.counts[name]];
    return to === undefined || from === undefined ? NaN : difference(to, from);
  };
  const [hits, misses] = [since('keyspace_hits'), since('keyspace_misses')];
  return hits + misses > 0 ? hits / (hits + misses) : undefined;
}

function wholeNumber(figure: Figure): string | undefined {
  const text = String(figure);
  return /^\d+$/.test(text) ? text : undefined;
}
