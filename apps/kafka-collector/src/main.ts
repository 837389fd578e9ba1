/** The Kafka collector on Kafka: targets are shared by as many of these as run. */
import { MeshServer } from '@omninode/bus';
import { kafkaCollectorModule, kafkaConfig, kafkaTargetOptions } from '@omninode/collector-kafka';
import { runService } from '@omninode/service-kit';
import { kafkaBusConfig, KafkaTransportModule } from '@omninode/transport-kafka';
import { z } from 'zod';

await runService(
  'kafka-collector',
  (context) => {
    const { configuration, logger, readiness } = context;
    const { collectors, targets } = configuration;
    return [
      KafkaTransportModule.forService('kafka-collector', context),
      kafkaCollectorModule({ config: collectors.kafka, targets, logger, readiness }),
    ];
  },
  {
    sections: { bus: kafkaBusConfig, collectors: z.object({ kafka: kafkaConfig }) },
    targetOptions: { kafka: kafkaTargetOptions },
    defaults: { 'http.port': 8082 },
    strategy: MeshServer,
  },
);
