/** The database collector on Kafka: targets are shared by as many of these as run. */
import { join } from 'node:path';
import { MeshServer } from '@omninode/bus';
import { databaseConfig, databaseCollectorModule } from '@omninode/collector-database';
import { runService } from '@omninode/service-kit';
import { connectionOf, kafkaBusConfig, KafkaTransportModule } from '@omninode/transport-kafka';
import { z } from 'zod';

await runService(
  'database-collector',
  ({ configuration, instance, logger, readiness, shutdownReports }) => {
    const { bus, collectors, data, targets } = configuration;
    return [
      KafkaTransportModule.forRoot({
        connection: connectionOf(bus, `database-collector-${instance}`),
        partitions: bus.partitions,
        compression: bus.compression,
        publisher: { spool: { directory: join(data.dir, 'spool') } },
        report: { service: 'database-collector', instance },
        onClosed: (undelivered) => shutdownReports.add({ source: 'bus', undelivered }),
      }),
      databaseCollectorModule({ config: collectors.database, targets, logger, readiness }),
    ];
  },
  {
    sections: { bus: kafkaBusConfig, collectors: z.object({ database: databaseConfig }) },
    defaults: { 'http.port': 8081 },
    strategy: MeshServer,
  },
);
