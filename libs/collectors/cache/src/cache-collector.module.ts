import type { DynamicModule } from '@nestjs/common';
import { CollectorModule } from '@omninode/collector-kit';
import type { Logger, Readiness, Target } from '@omninode/service-kit';
import { readAnnouncedTarget } from './announced-target.js';
import type { CacheConfig } from './cache.config.js';
import { cacheTargets } from './cache-target.js';
import { cacheWatch } from './cache-watch.js';

export interface CacheCollectorOptions {
  readonly config: CacheConfig;
  /** All configured targets; those of kind cache are taken. */
  readonly targets: readonly Target[];
  readonly logger: Logger;
  readonly readiness?: Readiness;
}

/** Injects the `Collector`: what this process watches. */
export const CACHE_COLLECTOR = Symbol('omninode:cache-collector');

/** Watches Redis servers and application caches: its share of the configured and the announced ones. */
export function cacheCollectorModule({ config, targets, ...service }: CacheCollectorOptions): DynamicModule {
  return CollectorModule.forRoot(CACHE_COLLECTOR, {
    ...service,
    kind: 'cache',
    ...cacheWatch(config),
    targets: cacheTargets(targets),
    readTarget: (announcement) => readAnnouncedTarget(announcement, config.secretsFolder),
    intervalsMs: { fast: config.interval },
    maxConnectionAgeMs: config.maxConnectionAge,
  });
}
