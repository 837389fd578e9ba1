/** The cache collector on Kafka: targets are shared by as many of these as run. */
import { MeshServer } from '@omninode/bus';
import { cacheCollectorModule, cacheConfig, cacheTargetOptions } from '@omninode/collector-cache';
import { runService } from '@omninode/service-kit';
import { kafkaBusConfig, KafkaTransportModule } from '@omninode/transport-kafka';
import { z } from 'zod';

await runService(
  'cache-collector',
  (context) => {
    const { configuration, logger, readiness } = context;
    const { collectors, targets } = configuration;
    return [
      KafkaTransportModule.forService('cache-collector', context),
      cacheCollectorModule({ config: collectors.cache, targets, logger, readiness }),
    ];
  },
  {
    sections: { bus: kafkaBusConfig, collectors: z.object({ cache: cacheConfig }) },
    targetOptions: { cache: cacheTargetOptions },
    defaults: { 'http.port': 8083 },
    strategy: MeshServer,
  },
);
