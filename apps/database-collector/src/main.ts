/** The database collector on Kafka: targets are shared by as many of these as run. */
import { MeshServer } from '@omninode/bus';
import { databaseCollectorModule, databaseConfig, databaseTargetOptions } from '@omninode/collector-database';
import { runService } from '@omninode/service-kit';
import { kafkaBusConfig, KafkaTransportModule } from '@omninode/transport-kafka';
import { z } from 'zod';

await runService(
  'database-collector',
  (context) => {
    const { configuration, logger, readiness } = context;
    const { collectors, targets } = configuration;
    return [
      KafkaTransportModule.forService('database-collector', context),
      databaseCollectorModule({ config: collectors.database, targets, logger, readiness }),
    ];
  },
  {
    sections: { bus: kafkaBusConfig, collectors: z.object({ database: databaseConfig }) },
    targetOptions: { database: databaseTargetOptions },
    defaults: { 'http.port': 8081 },
    strategy: MeshServer,
  },
);
