import { applicationCacheMetrics } from '@omninode/contracts';
import { clientErrors } from '../errors.js';
import type { Total } from '../meter/instruments.js';
import { watchOf } from '../watch/watch.js';
import type { Watch, WatchContext } from '../watch/watch.js';

/** What a cache tells of itself. What it does not know it leaves out; that is never 0. */
export interface CacheStats {
  /** Lookups since the cache was made, or cleared its figures. */
  readonly hits?: number;
  readonly misses?: number;
  /** Entries dropped to make room, since then. */
  readonly evictions?: number;
  readonly entries?: number;
  readonly bytes?: number;
  /** Most bytes that it may take. */
  readonly maxBytes?: number;
}

/** Called at each interval. A promise is waited for until the next one. */
export type CacheSource = () => CacheStats | PromiseLike<CacheStats>;

/**
 * Asks a cache for its figures at each interval. Its totals may begin anew at any time (a cache that was made again): what is
 * counted is what was added from one answer to the next. What it had counted before it was watched is not counted.
 */
export function watchCache({ meter, onProblem }: WatchContext, cache: string, ask: CacheSource): Watch {
  if (typeof ask !== 'function') {
    throw clientErrors.NOT_WATCHABLE({
      name: cache,
      kind: 'a cache',
      detail: 'a function that gives its figures is needed',
    });
  }
  const totalOf = (name: 'hits' | 'misses' | 'evictions') =>
    meter.total(applicationCacheMetrics, `omninode_cache_${name}_total`, { cache });
  const hitRate = meter.level(applicationCacheMetrics, 'omninode_cache_hit_rate_ratio', { cache });
  const entries = meter.level(applicationCacheMetrics, 'omninode_cache_entries', { cache, tier: 'memory' });
  const bytes = meter.level(applicationCacheMetrics, 'omninode_memory_usage_bytes', { cache });
  const maxBytes = meter.level(applicationCacheMetrics, 'omninode_cache_memory_limit_bytes', { cache });
  const hits = new Growth(() => totalOf('hits'));
  const misses = new Growth(() => totalOf('misses'));
  const evictions = new Growth(() => totalOf('evictions'));
  let isAsking = false;

  function take(stats: CacheStats): void {
    const found = hits.take(stats.hits);
    const missed = misses.take(stats.misses);
    const lookups = found === undefined || missed === undefined ? 0 : found + missed;
    hitRate.set(lookups > 0 ? found! / lookups : undefined);
    evictions.take(stats.evictions);
    entries.set(stats.entries);
    bytes.set(stats.bytes);
    maxBytes.set(stats.maxBytes);
  }

  function forget(): void {
    for (const level of [hitRate, entries, bytes, maxBytes]) level.set(undefined);
  }

  async function answer(promised: PromiseLike<CacheStats>): Promise<void> {
    isAsking = true;
    try {
      take(await promised);
    } catch (error) {
      forget();
      onProblem(error);
    } finally {
      isAsking = false;
    }
  }

  function observe(): void {
    if (isAsking) return forget(); // it has not answered for a whole interval
    try {
      const stats = ask();
      if (typeof (stats as PromiseLike<CacheStats>).then === 'function') void answer(stats as PromiseLike<CacheStats>);
      else take(stats as CacheStats);
    } catch (error) {
      forget();
      throw error;
    }
  }

  observeOnce();
  return watchOf([meter.observe(observe), forget]);

  /** The first answer is what later ones are compared with. */
  function observeOnce(): void {
    try {
      observe();
    } catch (error) {
      onProblem(error);
    }
  }
}

/** What a total of the host grows by. */
class Growth {
  private last: number | undefined;
  private total: Total | undefined;

  constructor(private readonly totalOf: () => Total) {}

  /** What was added since the answer before; `undefined`: not known. */
  take(value: number | undefined): number | undefined {
    if (value === undefined || !Number.isFinite(value) || value < 0) return undefined;
    const { last } = this;
    this.last = value;
    this.total ??= this.totalOf();
    if (last === undefined) return undefined;
    const added = value >= last ? value - last : value;
    this.total.add(added);
    return added;
  }
}
