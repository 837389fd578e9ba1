/** The whole product in one process: every module, on the embedded transport. Without a target it watches its own demo. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { aggregatorConfig, AggregatorModule } from '@omninode/aggregator';
import { MeshServer } from '@omninode/bus';
import { databaseConfig, databaseCollectorModule } from '@omninode/collector-database';
import { createProcessMetrics, runService } from '@omninode/service-kit';
import { EmbeddedTransportModule } from '@omninode/transport-embedded';
import { z } from 'zod';
import { DemoModule } from './demo.module.js';
import { startDemo } from './demo.js';

const sections = { aggregator: aggregatorConfig, collectors: z.object({ database: databaseConfig }) };

await runService(
  'all-in-one',
  async ({ configuration, logger, readiness, shutdownReports }) => {
    const { aggregator, collectors, data } = configuration;
    const instance = hostname();
    const processMetrics = createProcessMetrics();
    const demo = configuration.targets.length === 0 ? await startDemo(data.dir, logger) : undefined;
    const targets = demo ? [demo.target] : configuration.targets;
    return [
      EmbeddedTransportModule.forRoot({
        folder: join(data.dir, 'bus'),
        publisher: { spool: { directory: join(data.dir, 'spool') } },
        report: { service: 'all-in-one', instance },
        onClosed: (undelivered) => shutdownReports.add({ source: 'bus', undelivered }),
      }),
      AggregatorModule.forRoot({
        config: aggregator,
        instance: `all-in-one/${instance}`,
        log: logger.child({ component: 'aggregator' }),
        processSamples: () => processMetrics.samples(),
      }),
      databaseCollectorModule({ targets, config: collectors.database, logger, readiness }),
      ...(demo ? [DemoModule.forRoot(demo)] : []),
    ];
  },
  { sections, strategy: MeshServer },
);
