import type { DynamicModule } from '@nestjs/common';
import { CollectorModule } from '@omninode/collector-kit';
import type { Logger, Readiness, Target } from '@omninode/service-kit';
import { readAnnouncedTarget } from './announced-target.js';
import type { DatabaseConfig } from './database.config.js';
import { databaseReader } from './database.reader.js';
import { databaseTargets } from './database-target.js';
import { databaseFamilies } from './families.js';

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
    families: databaseFamilies,
    reader: databaseReader({
      statementTimeoutMs: config.statementTimeout,
      lockTimeoutMs: config.lockTimeout,
      connectTimeoutMs: config.connectTimeout,
      poolTimeoutMs: config.poolTimeout,
      maxPoolAnswerBytes: config.poolAnswerLimit,
    }),
    targets: databaseTargets(targets),
    readTarget: (announcement) => readAnnouncedTarget(announcement, config.secretsFolder),
    intervalsMs: { fast: config.fastInterval, medium: config.mediumInterval, slow: config.slowInterval },
    deadlineMs: config.statementTimeout + 1_000,
    connectDeadlineMs: config.connectTimeout,
    maxConnectionAgeMs: config.maxConnectionAge,
  });
}
