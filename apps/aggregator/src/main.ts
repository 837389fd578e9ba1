/** The aggregator on Kafka: partitions of the measurement topic are shared by as many of these as run. */
import { join } from 'node:path';
import { aggregatorConfig, AggregatorModule } from '@omninode/aggregator';
import { MeshServer } from '@omninode/bus';
import { apiConfig } from '@omninode/mesh-api';
import { createProcessMetrics, runService } from '@omninode/service-kit';
import { connectionOf, kafkaBusConfig, KafkaTransportModule } from '@omninode/transport-kafka';

await runService(
  'aggregator',
  ({ configuration, instance, logger, shutdownReports }) => {
    const { aggregator, api, bus, data, http } = configuration;
    const processMetrics = createProcessMetrics();
    return [
      KafkaTransportModule.forRoot({
        connection: connectionOf(bus, `aggregator-${instance}`),
        partitions: bus.partitions,
        compression: bus.compression,
        publisher: { spool: { directory: join(data.dir, 'spool') } },
        report: { service: 'aggregator', instance },
        onClosed: (undelivered) => shutdownReports.add({ source: 'bus', undelivered }),
      }),
      AggregatorModule.forRoot({
        config: aggregator,
        api,
        host: http.host,
        instance: `aggregator/${instance}`,
        log: logger.child({ component: 'aggregator' }),
        processSamples: () => processMetrics.samples(),
      }),
    ];
  },
  { sections: { bus: kafkaBusConfig, aggregator: aggregatorConfig, api: apiConfig }, strategy: MeshServer },
);
