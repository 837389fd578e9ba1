/** The whole product in one process: every module, on the embedded transport. Without a target it watches its own demo. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AggregatorModule, aggregatorSections } from '@omninode/aggregator';
import { MeshServer } from '@omninode/bus';
import { createProcessMetrics, runService } from '@omninode/service-kit';
import { EmbeddedTransportModule } from '@omninode/transport-embedded';
import { collectorModules, collectorsConfig, targetOptions } from './collectors.js';
import { DemoModule } from './demo.module.js';
import { startDemo } from './demo.js';

const sections = { ...aggregatorSections, collectors: collectorsConfig };

await runService(
  'all-in-one',
  async ({ configuration, logger, readiness, shutdownReports }) => {
    const { collectors, data, http } = configuration;
    const instance = hostname();
    const processMetrics = createProcessMetrics();
    const demo = configuration.targets.length === 0 ? await startDemo(data.dir, logger) : undefined;
    const targets = demo ? [demo.target] : configuration.targets;
    // What a demo recorded lies apart: who watches targets of his own later sees nothing of it.
    const folder = demo?.folder ?? data.dir;
    return [
      EmbeddedTransportModule.forRoot({
        folder: join(folder, 'bus'),
        publisher: { spool: { directory: join(folder, 'spool') } },
        report: { service: 'all-in-one', instance },
        onClosed: (undelivered) => shutdownReports.add({ source: 'bus', undelivered }),
      }),
      AggregatorModule.forRoot({
        configuration,
        host: http.host,
        instance: `all-in-one/${instance}`,
        logger,
        processSamples: () => processMetrics.samples(),
      }),
      ...collectorModules({ config: collectors, targets, logger, readiness }),
      ...(demo ? [DemoModule.forRoot(demo)] : []),
    ];
  },
  { sections, targetOptions, strategy: MeshServer },
);
