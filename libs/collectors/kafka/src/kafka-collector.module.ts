import type { DynamicModule } from '@nestjs/common';
import { CollectorModule } from '@omninode/collector-kit';
import type { Logger, Readiness, Target } from '@omninode/service-kit';
import { readAnnouncedTarget } from './announced-target.js';
import { kafkaFamilies } from './families.js';
import type { KafkaConfig } from './kafka.config.js';
import { kafkaReader } from './kafka.reader.js';
import { kafkaTargets } from './kafka-target.js';
import { selectionOf } from './selection/selection.js';

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
  const { requestTimeout: requestTimeoutMs, connectTimeout: connectTimeoutMs } = config;
  return CollectorModule.forRoot(KAFKA_COLLECTOR, {
    ...service,
    kind: 'kafka',
    families: kafkaFamilies,
    reader: kafkaReader({ selection: selectionOf(config), connectTimeoutMs, requestTimeoutMs }),
    targets: kafkaTargets(targets),
    readTarget: (announcement) => readAnnouncedTarget(announcement, config.secretsFolder),
    intervalsMs: { fast: config.fastInterval, medium: config.mediumInterval, slow: config.slowInterval },
    deadlineMs: familyDeadlineMs(requestTimeoutMs),
    connectDeadlineMs: connectTimeoutMs,
    maxConnectionAgeMs: config.maxConnectionAge,
  });
}

/** At most four requests of a family end in silence: for metadata, for the probes, and two for the quorum. The fifth part is for the rest. */
export function familyDeadlineMs(requestTimeoutMs: number): number {
  return 5 * requestTimeoutMs;
}
