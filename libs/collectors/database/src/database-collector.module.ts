import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import { BUS, PUBLISHER, TOPICS } from '@omninode/bus';
import { createCollector } from '@omninode/collector-kit';
import type { Collector } from '@omninode/collector-kit';
import type { Bus, MeasurementPublisher, Topics } from '@omninode/contracts';
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
  /** Learns whether the collector has joined its group. */
  readonly readiness?: Readiness;
}

/** Injects the `Collector`: what this process watches. */
export const DATABASE_COLLECTOR = Symbol('omninode:database-collector');

/** Watches PostgreSQL servers: its share of the configured and the announced ones. */
@Module({})
export class DatabaseCollectorModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(DATABASE_COLLECTOR) private readonly collector: Collector) {}

  static forRoot(options: DatabaseCollectorOptions): DynamicModule {
    return {
      module: DatabaseCollectorModule,
      providers: [
        {
          provide: DATABASE_COLLECTOR,
          useFactory: (bus: Bus, topics: Topics, publisher: MeasurementPublisher) =>
            createDatabaseCollector(options, { bus, topics, publisher }),
          inject: [BUS, TOPICS, PUBLISHER],
        },
      ],
      exports: [DATABASE_COLLECTOR],
    };
  }

  /** Nothing is awaited: a database or a bus that is away is tried again, the process runs. */
  onApplicationBootstrap(): void {
    this.collector.start();
  }

  /** Connections and producers are closed here, the publisher's last flush comes after it. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.collector.stop();
  }
}

function createDatabaseCollector(
  { config, targets, logger, readiness }: DatabaseCollectorOptions,
  mesh: { readonly bus: Bus; readonly topics: Topics; readonly publisher: MeasurementPublisher },
): Collector {
  const { statementTimeout: statementTimeoutMs, lockTimeout: lockTimeoutMs, connectTimeout: connectTimeoutMs } = config;
  const collector = createCollector({
    ...mesh,
    kind: 'database',
    families: databaseFamilies,
    reader: databaseReader({ statementTimeoutMs, lockTimeoutMs, connectTimeoutMs }),
    targets: databaseTargets(targets),
    readTarget: (announcement) => readAnnouncedTarget(announcement, config.secretsFolder),
    logger: logger.child({ component: 'database-collector' }),
    owner: `${hostname()}/${process.pid}/${randomUUID()}`,
    intervalsMs: { fast: config.fastInterval, medium: config.mediumInterval, slow: config.slowInterval },
    deadlineMs: statementTimeoutMs + 1_000,
    connectDeadlineMs: connectTimeoutMs,
    maxConnectionAgeMs: config.maxConnectionAge,
  });
  readiness?.add({
    name: 'database collector',
    check: () => (collector.hasJoined ? { ready: true } : { ready: false, reason: 'It has not joined its group yet.' }),
  });
  return collector;
}
