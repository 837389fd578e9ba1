/** The breaker collector on Kafka: targets and the platform's breaker events are shared by as many of these as run. */
import { MeshServer } from '@omninode/bus';
import {
  breakerCollectorModule,
  breakerConfig,
  breakerTargetOptions,
  PlatformBreakersModule,
} from '@omninode/collector-breaker';
import { runService } from '@omninode/service-kit';
import { kafkaBusConfig, KafkaTransportModule } from '@omninode/transport-kafka';
import { z } from 'zod';

await runService(
  'breaker-collector',
  (context) => {
    const { configuration, logger, readiness } = context;
    const { collectors, targets } = configuration;
    const { platform } = collectors.breaker;
    return [
      KafkaTransportModule.forService('breaker-collector', context),
      breakerCollectorModule({ config: collectors.breaker, targets, logger, readiness }),
      ...(platform.enabled ? [PlatformBreakersModule.forRoot({ config: platform, logger })] : []),
    ];
  },
  {
    sections: { bus: kafkaBusConfig, collectors: z.object({ breaker: breakerConfig }) },
    targetOptions: { breaker: breakerTargetOptions },
    defaults: { 'http.port': 8084 },
    strategy: MeshServer,
  },
);
