import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUS, MeshServer } from '@omninode/bus';
import { topicNames, type Bus, type BusRecord } from '@omninode/contracts';
import { startService, type StartedService } from '@omninode/service-kit';
import { EmbeddedTransportModule } from '@omninode/transport-embedded';
import { AggregatorModule } from '../aggregator.module.js';
import { aggregatorSections } from '../aggregator-sections.js';

export interface MeshService {
  readonly url: string;
  readonly service: StartedService;
  readonly bus: Bus;
  /** What lies on the measurement topic, apart from what the process says of itself. */
  records(): Promise<BusRecord[]>;
  stop(): Promise<void>;
}

/** An aggregator on a bus of its own, in this process, with these settings: `--api.tokensFolder=…`. */
export async function startMeshService(
  argv: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<MeshService> {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-mesh-service-'));
  const topics = topicNames();
  const service = await startService(
    'mesh-service',
    ({ configuration, logger }) => [
      EmbeddedTransportModule.forRoot({ folder }),
      AggregatorModule.forRoot({
        configuration,
        host: configuration.http.host,
        instance: 'test',
        logger,
        processSamples: async () => [],
      }),
    ],
    {
      sections: aggregatorSections,
      strategy: MeshServer,
      env,
      argv: ['--http.port=0', '--log.level=silent', '--aggregator.summaryEvery=500ms', ...argv],
    },
  ).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const bus = service.app.get<Bus>(BUS, { strict: false });
  return {
    url: service.url,
    service,
    bus,
    async records() {
      const records: BusRecord[] = [];
      const partitions = await bus.partitionCount(topics.measurement);
      for (let partition = 0; partition < partitions; partition++)
        await bus.readToEnd(topics.measurement, partition, (record) => records.push(record));
      return records;
    },
    async stop() {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
