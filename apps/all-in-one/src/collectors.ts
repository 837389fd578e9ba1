import type { DynamicModule } from '@nestjs/common';
import { breakerCollectorModule, breakerConfig, breakerTargetOptions } from '@omninode/collector-breaker';
import { cacheCollectorModule, cacheConfig, cacheTargetOptions } from '@omninode/collector-cache';
import { databaseCollectorModule, databaseConfig, databaseTargetOptions } from '@omninode/collector-database';
import { kafkaCollectorModule, kafkaConfig, kafkaTargetOptions } from '@omninode/collector-kafka';
import type { Logger, Readiness, Target } from '@omninode/service-kit';
import { z } from 'zod';

export const collectorsConfig = z.object({
  database: databaseConfig,
  kafka: kafkaConfig,
  cache: cacheConfig,
  breaker: breakerConfig,
});

export const targetOptions = {
  database: databaseTargetOptions,
  kafka: kafkaTargetOptions,
  cache: cacheTargetOptions,
  breaker: breakerTargetOptions,
};

interface Collectors {
  readonly config: z.infer<typeof collectorsConfig>;
  readonly targets: readonly Target[];
  readonly logger: Logger;
  readonly readiness: Readiness;
}

/** Every collector; each takes the targets of its kind. */
export function collectorModules({ config, ...others }: Collectors): DynamicModule[] {
  return [
    databaseCollectorModule({ ...others, config: config.database }),
    kafkaCollectorModule({ ...others, config: config.kafka }),
    cacheCollectorModule({ ...others, config: config.cache }),
    breakerCollectorModule({ ...others, config: config.breaker }),
  ];
}
