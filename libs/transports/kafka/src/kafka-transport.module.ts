import { Logger, type DynamicModule } from '@nestjs/common';
import { BusModule, type BusModuleOptions } from '@omninode/bus';
import { errorCode, topicNames } from '@omninode/contracts';
import { openKafkaBus, type KafkaBusOptions } from './kafka-bus.js';

export interface KafkaTransportOptions
  extends Omit<KafkaBusOptions, 'topics' | 'onError'>, Omit<BusModuleOptions, 'open'> {}

/** Gives the application the bus on Kafka. Nothing connects here: a broker that is away is tried again while the process runs. */
export const KafkaTransportModule = {
  forRoot({ producer, publisher, report, flushTimeoutMs, onClosed, ...options }: KafkaTransportOptions): DynamicModule {
    const logger = new Logger('KafkaBus');
    const onError = (error: unknown) =>
      logger.warn(`${errorCode(error)} ${error instanceof Error ? error.message : String(error)}`);
    const open = async () => openKafkaBus({ ...options, topics: topicNames(producer), onError });
    return BusModule.forRoot({ open, producer, publisher, report, flushTimeoutMs, onClosed });
  },
};
