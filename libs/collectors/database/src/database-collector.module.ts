import type { DynamicModule } from '@nestjs/common';
import { CollectorModule } from '@omninode/collector-kit';
import type { Logger, Readiness, Target } from '@omninode/service-kit';
import { readAnnouncedTarget } from './announced-target.js';
import type { DatabaseConfig } from './database.config.js';
import { databaseTargets } from './database-target.js';
import { databaseWatch } from './database-watch.js';

export interface DatabaseCollectorOptions {
  readonly config: DatabaseConfig;
  /** All configured targets; those of kind database are taken. */
  readonly targets: readonly Target[];
  readonly logger: Logger;
  readonly readiness?: Readiness;
}

/** Injects the `Collector`: what this process watches. */
export const DATABASE_COLLECTOR = Symbol('omninode:database-collector');

/** Watches PostgreSQL servers: its share of the configured and the announced ones. */
export function databaseCollectorModule({ config, targets, ...service }: DatabaseCollectorOptions): DynamicModule {
  return CollectorModule.forRoot(DATABASE_COLLECTOR, {
    ...service,
    kind: 'database',
    ...databaseWatch(config),
    targets: databaseTargets(targets),
    readTarget: (announcement) => readAnnouncedTarget(announcement, config.secretsFolder),
    intervalsMs: { fast: config.fastInterval, medium: config.mediumInterval, slow: config.slowInterval },
    maxConnectionAgeMs: config.maxConnectionAge,
  });
}
