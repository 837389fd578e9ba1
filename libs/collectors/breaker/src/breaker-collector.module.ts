import type { DynamicModule } from '@nestjs/common';
import { CollectorModule } from '@omninode/collector-kit';
import type { Logger, Readiness, Target } from '@omninode/service-kit';
import { readAnnouncedTarget } from './announced-target.js';
import type { BreakerConfig } from './breaker.config.js';
import { breakerTargets } from './breaker-target.js';
import { breakerWatch } from './breaker-watch.js';

export interface BreakerCollectorOptions {
  readonly config: BreakerConfig;
  /** All configured targets; those of kind breaker are taken. */
  readonly targets: readonly Target[];
  readonly logger: Logger;
  readonly readiness?: Readiness;
}

/** Injects the `Collector`: what this process watches. */
export const BREAKER_COLLECTOR = Symbol('omninode:breaker-collector');

/** Watches pages that tell of circuit breakers: its share of the configured and the announced ones. */
export function breakerCollectorModule({ config, targets, ...service }: BreakerCollectorOptions): DynamicModule {
  return CollectorModule.forRoot(BREAKER_COLLECTOR, {
    ...service,
    kind: 'breaker',
    ...breakerWatch(config),
    targets: breakerTargets(targets),
    readTarget: (announcement) => readAnnouncedTarget(announcement, config.secretsFolder),
    intervalsMs: { fast: config.interval },
  });
}
