import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { BUS, TOPICS } from '@omninode/bus';
import type { Bus, Topics } from '@omninode/contracts';
import type { AggregatorConfig } from './aggregator.config.js';
import { AggregatorController } from './aggregator.controller.js';
import { Aggregator } from './aggregator.js';
import type { WorkerLog } from './partition-worker.js';

export interface AggregatorModuleOptions {
  readonly config: AggregatorConfig;
  /** The name of this process in summaries. */
  readonly instance: string;
  readonly log: WorkerLog;
}

/** The aggregator on the bus: its controller takes the measurement topic, `Aggregator` holds what it makes of it. */
@Module({})
export class AggregatorModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(Aggregator) private readonly aggregator: Aggregator) {}

  static forRoot({ config, instance, log }: AggregatorModuleOptions): DynamicModule {
    const limits = { series: config.seriesPerPartition, seriesPerEntity: config.seriesPerEntity };
    const timing = {
      snapshotEveryMs: config.snapshotEvery,
      summaryEveryMs: config.summaryEvery,
      expiryMs: config.seriesExpiry,
    };
    return {
      module: AggregatorModule,
      controllers: [AggregatorController],
      providers: [
        {
          provide: Aggregator,
          useFactory: (bus: Bus, topics: Topics) =>
            new Aggregator({ bus, topics, instance, limits, log, nowMs: Date.now, ...timing }),
          inject: [BUS, TOPICS],
        },
      ],
      exports: [Aggregator],
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
