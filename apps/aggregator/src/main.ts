/** The aggregator on Kafka: partitions of the measurement topic are shared by as many of these as run. */
import { join } from 'node:path';
import { AggregatorModule, aggregatorSections } from '@omninode/aggregator';
import { MeshServer } from '@omninode/bus';
import { createProcessMetrics, runService } from '@omninode/service-kit';
import { connectionOf, kafkaBusConfig, KafkaTransportModule } from '@omninode/transport-kafka';

await runService(
  'aggregator',
  ({ configuration, instance, logger, shutdownReports }) => {
    const { bus, data, http } = configuration;
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
        configuration,
        host: http.host,
        instance: `aggregator/${instance}`,
        logger,
        processSamples: () => processMetrics.samples(),
      }),
    ];
  },
  { sections: { bus: kafkaBusConfig, ...aggregatorSections }, strategy: MeshServer },
);
