import { Module, type DynamicModule } from '@nestjs/common';
import { BUS, TOPICS } from '@omninode/bus';
import type { Bus, Topics } from '@omninode/contracts';
import { healthRules } from '@omninode/mesh-api';
import type { Logger } from '@omninode/service-kit';
import type { AggregatorSections } from './aggregator-sections.js';
import { Aggregator } from './aggregator.js';
import { Alerting } from './alerts/alerting.js';
import { HistoryReader } from './history/history-reader.js';
import { History } from './history/history.js';
import { Rollups } from './history/rollups.js';
import { Notifications } from './notifications/notifications.js';

export interface AggregatorEngineOptions {
  readonly configuration: AggregatorSections;
  readonly instance: string;
  readonly logger: Logger;
}

/** What aggregates, judges, tells and remembers, without the ways in and out. */
export function aggregatorEngine({ configuration, instance, logger }: AggregatorEngineOptions): DynamicModule {
  const { aggregator: config, alerts, health, history, notify } = configuration;
  const limits = { series: config.seriesPerPartition, seriesPerEntity: config.seriesPerEntity };
  const nowMs = Date.now;
  const logOf = (component: string) => logger.child({ component });
  return {
    module: AggregatorEngineModule,
    providers: [
      {
        provide: Alerting,
        useFactory: (bus: Bus, topics: Topics, notifications: Notifications) =>
          new Alerting({
            config: alerts,
            bus,
            topics,
            limits,
            ownSamples: () => notifications.overdueSamples(),
            nowMs,
            log: logOf('alerts'),
          }),
        inject: [BUS, TOPICS, Notifications],
      },
      {
        provide: History,
        useFactory: (bus: Bus, topics: Topics) => {
          const log = logOf('history');
          const rollups = new Rollups(
            {
              operationsPerPartition: history.operationsPerPartition,
              reportSeriesPerPartition: history.reportSeriesPerPartition,
              graceMs: history.closeAfter,
              openEveryMs: history.writeEvery,
            },
            nowMs,
          );
          const reader = new HistoryReader({ bus, topics, config: history, nowMs, log });
          return new History({ config: history, reader, rollups, log });
        },
        inject: [BUS, TOPICS],
      },
      {
        provide: Notifications,
        useFactory: (bus: Bus, topics: Topics) =>
          new Notifications({
            bus,
            topics,
            instance,
            config: notify,
            log: logOf('notifications'),
            nowMs,
            random: Math.random,
          }),
        inject: [BUS, TOPICS],
      },
      {
        provide: Aggregator,
        useFactory: (bus: Bus, topics: Topics, alerting: Alerting, past: History) =>
          new Aggregator({
            bus,
            topics,
            instance,
            limits,
            companions: [alerting.companion, past.rollups.companion],
            snapshotEveryMs: config.snapshotEvery,
            summaryEveryMs: config.summaryEvery,
            expiryMs: config.seriesExpiry,
            targetStaleMs: config.targetStale,
            healthRules: healthRules(health),
            nowMs,
            log: logOf('aggregator'),
          }),
        inject: [BUS, TOPICS, Alerting, History],
      },
    ],
    exports: [Aggregator, Alerting, History, Notifications],
  };
}

@Module({})
class AggregatorEngineModule {}
