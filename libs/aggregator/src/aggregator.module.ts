import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { BUS, TOPICS } from '@omninode/bus';
import type { OwnSample } from '@omninode/aggregation';
import type { Bus, Topics } from '@omninode/contracts';
import { MEASUREMENT_INTAKE, MESH_VIEW, MeshApiModule, type ApiConfig } from '@omninode/mesh-api';
import { Readiness } from '@omninode/service-kit';
import type { AggregatorConfig } from './aggregator.config.js';
import { aggregatorView } from './aggregator-view.js';
import { AggregatorController } from './aggregator.controller.js';
import { Aggregator } from './aggregator.js';
import { busIntake } from './bus-intake.js';
import type { WorkerLog } from './partition-worker.js';

export interface AggregatorModuleOptions {
  readonly config: AggregatorConfig;
  readonly api: ApiConfig;
  /** Where the process listens: beyond loopback it wants a token for what it takes in. */
  readonly host: string;
  /** The name of this process in summaries. */
  readonly instance: string;
  readonly log: WorkerLog;
  /** What the process knows of itself, for `/metrics`. */
  processSamples(): Promise<readonly OwnSample[]>;
}

/** The aggregator on the bus: its controller takes the measurement topic, `Aggregator` holds what it makes of it. */
@Module({})
export class AggregatorModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(Aggregator) private readonly aggregator: Aggregator,
    @Inject(Readiness) readiness: Readiness,
  ) {
    readiness.add({ name: 'aggregator', check: () => readinessOf(aggregator) });
  }

  static forRoot({ config, api, host, instance, log, processSamples }: AggregatorModuleOptions): DynamicModule {
    const limits = { series: config.seriesPerPartition, seriesPerEntity: config.seriesPerEntity };
    const timing = {
      snapshotEveryMs: config.snapshotEvery,
      summaryEveryMs: config.summaryEvery,
      expiryMs: config.seriesExpiry,
      targetStaleMs: config.targetStale,
    };
    const view = {
      provide: MESH_VIEW,
      useFactory: (aggregator: Aggregator) => aggregatorView({ aggregator, config, processSamples, nowMs: Date.now }),
      inject: [Aggregator],
    };
    const intake = { provide: MEASUREMENT_INTAKE, useFactory: busIntake, inject: [BUS, TOPICS] };
    const engine = {
      module: AggregatorEngineModule,
      providers: [
        {
          provide: Aggregator,
          useFactory: (bus: Bus, topics: Topics) =>
            new Aggregator({ bus, topics, instance, limits, companions: [], log, nowMs: Date.now, ...timing }),
          inject: [BUS, TOPICS],
        },
      ],
      exports: [Aggregator],
    };
    return {
      module: AggregatorModule,
      imports: [engine, MeshApiModule.forRoot({ config: api, host, view, intake, imports: [engine] })],
      controllers: [AggregatorController],
      exports: [engine],
    };
  }

  onApplicationBootstrap(): void {
    this.aggregator.start();
  }

  /** The transport closes after this and revokes the partitions, which writes their last snapshots. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.aggregator.stop();
  }
}

@Module({})
class AggregatorEngineModule {}

/** Not ready while a partition is being restored: its series would be missing from the page. */
function readinessOf({ restoringPartitions }: Aggregator): { ready: boolean; reason?: string } {
  if (restoringPartitions.length === 0) return { ready: true };
  return { ready: false, reason: `Partitions ${restoringPartitions.join(', ')} are being restored, or catch up.` };
}
