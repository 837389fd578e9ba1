import { join } from 'node:path';
import { Logger, type DynamicModule } from '@nestjs/common';
import { BusModule, type BusModuleOptions } from '@omninode/bus';
import { errorCode, topicNames } from '@omninode/contracts';
import type { ServiceContext } from '@omninode/service-kit';
import { openKafkaBus, type KafkaBusOptions } from './kafka-bus.js';
import { connectionOf, type KafkaBusConfig } from './kafka-transport.config.js';

export interface KafkaTransportOptions
  extends Omit<KafkaBusOptions, 'topics' | 'onError'>, Omit<BusModuleOptions, 'open'> {}

/** Gives the application the bus on Kafka. Nothing is awaited here: a broker that is away is tried again while the process runs. */
export const KafkaTransportModule = {
  forRoot({ producer, publisher, report, flushTimeoutMs, onClosed, ...options }: KafkaTransportOptions): DynamicModule {
    const logger = new Logger('KafkaBus');
    const onError = (error: unknown) =>
      logger.warn(`${errorCode(error)} ${error instanceof Error ? error.message : String(error)}`);
    const open = async () => {
      const bus = openKafkaBus({ ...options, topics: topicNames(producer), onError });
      // Whatever the modules do with the bus at their start waits for the topics. The server prepares them too, and tells problems.
      bus.prepareTopics().catch(() => undefined);
      return bus;
    };
    return BusModule.forRoot({ open, producer, publisher, report, flushTimeoutMs, onClosed });
  },

  /** As the apps of the mesh use it: by section `bus`, with a spool in the data folder, reporting on its own publisher. */
  forService(service: string, { configuration, instance, shutdownReports }: MeshServiceContext): DynamicModule {
    const { bus, data } = configuration;
    return KafkaTransportModule.forRoot({
      connection: connectionOf(bus, `${service}-${instance}`),
      partitions: bus.partitions,
      compression: bus.compression,
      publisher: { spool: { directory: join(data.dir, 'spool') } },
      report: { service, instance },
      onClosed: (undelivered) => shutdownReports.add({ source: 'bus', undelivered }),
    });
  },
};

interface MeshServiceContext extends Pick<ServiceContext, 'instance' | 'shutdownReports'> {
  readonly configuration: ServiceContext['configuration'] & { readonly bus: KafkaBusConfig };
}
