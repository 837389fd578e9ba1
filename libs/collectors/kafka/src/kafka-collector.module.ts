import type { DynamicModule } from '@nestjs/common';
import { CollectorModule } from '@omninode/collector-kit';
import type { Logger, Readiness, Target } from '@omninode/service-kit';
import { readAnnouncedTarget } from './announced-target.js';
import type { KafkaConfig } from './kafka.config.js';
import { kafkaTargets } from './kafka-target.js';
import { kafkaWatch } from './kafka-watch.js';

export interface KafkaCollectorOptions {
  readonly config: KafkaConfig;
  /** All configured targets; those of kind kafka are taken. */
  readonly targets: readonly Target[];
  readonly logger: Logger;
  readonly readiness?: Readiness;
}

/** Injects the `Collector`: what this process watches. */
export const KAFKA_COLLECTOR = Symbol('omninode:kafka-collector');

/** Watches Kafka clusters: its share of the configured and the announced ones. */
export function kafkaCollectorModule({ config, targets, ...service }: KafkaCollectorOptions): DynamicModule {
  return CollectorModule.forRoot(KAFKA_COLLECTOR, {
    ...service,
    kind: 'kafka',
    ...kafkaWatch(config),
    targets: kafkaTargets(targets),
    readTarget: (announcement) => readAnnouncedTarget(announcement, config.secretsFolder),
    intervalsMs: { fast: config.fastInterval, medium: config.mediumInterval, slow: config.slowInterval },
    maxConnectionAgeMs: config.maxConnectionAge,
  });
}
