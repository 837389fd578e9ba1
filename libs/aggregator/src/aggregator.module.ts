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
import {
  ALERTS_VIEW,
  alertsArea,
  alertSource,
  commandSource,
  HISTORY_VIEW,
  historyArea,
  MEASUREMENT_INTAKE,
  MESH_VIEW,
  MeshApiModule,
  NOTIFICATIONS_VIEW,
  notificationsArea,
  STREAM_SOURCES,
  type MeshView,
  type SourceFollow,
} from '@omninode/mesh-api';
import { Readiness, stateLog, type Logger } from '@omninode/service-kit';
import { aggregatorEngine } from './aggregator-engine.js';
import type { AggregatorSections } from './aggregator-sections.js';
import { aggregatorView } from './aggregator-view.js';
import { AggregatorController } from './aggregator.controller.js';
import { Aggregator } from './aggregator.js';
import { Alerting } from './alerts/alerting.js';
import { busIntake } from './bus-intake.js';
import { followTopic } from './follow-topic.js';
import { History } from './history/history.js';
import { notificationsView } from './notifications/notifications-view.js';
import { Notifications } from './notifications/notifications.js';

export interface AggregatorModuleOptions {
  readonly configuration: AggregatorSections;
  /** Where the process listens: beyond loopback it wants a token for what it takes in. */
  readonly host: string;
  /** The name of this process in summaries. */
  readonly instance: string;
  readonly logger: Logger;
  /** What the process knows of itself, for `/metrics`. */
  processSamples(): Promise<readonly OwnSample[]>;
}

/** The aggregator on the bus: its controller takes the measurement topic; alerts, notifications and history are beside it. */
@Module({})
export class AggregatorModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(Aggregator) private readonly aggregator: Aggregator,
    @Inject(Alerting) private readonly alerting: Alerting,
    @Inject(History) private readonly history: History,
    @Inject(Notifications) private readonly notifications: Notifications,
    @Inject(MESH_VIEW) private readonly mesh: MeshView,
    @Inject(Readiness) readiness: Readiness,
  ) {
    readiness.add({ name: 'aggregator', check: () => readinessOf(aggregator) });
  }

  static forRoot({ configuration, host, instance, logger, processSamples }: AggregatorModuleOptions): DynamicModule {
    const engine = aggregatorEngine({ configuration, instance, logger });
    const streams = stateLog(logger.child({ component: 'stream' }));
    const view = {
      provide: MESH_VIEW,
      useFactory: (aggregator: Aggregator, alerting: Alerting, notifications: Notifications, history: History) =>
        aggregatorView({
          aggregator,
          alerting,
          notifications,
          history,
          configuration,
          processSamples,
          nowMs: Date.now,
        }),
      inject: [Aggregator, Alerting, Notifications, History],
    };
    const sources = {
      provide: STREAM_SOURCES,
      useFactory: (bus: Bus, topics: Topics) => {
        const onError = (error: Error) => streams.failing('topics', 'The stream misses changes.', { error });
        const options = { topics, onError, follow: (what: SourceFollow) => followTopic({ bus, ...what }) };
        return [alertSource(options), commandSource(options)];
      },
      inject: [BUS, TOPICS],
    };
    const alerts = {
      provide: ALERTS_VIEW,
      useFactory: (alerting: Alerting, aggregator: Aggregator) => alerting.view(() => aggregator.summaries()),
      inject: [Alerting, Aggregator],
    };
    return {
      module: AggregatorModule,
      imports: [
        engine,
        MeshApiModule.forRoot({
          config: configuration.api,
          host,
          view,
          intake: { provide: MEASUREMENT_INTAKE, useFactory: busIntake, inject: [BUS, TOPICS] },
          sources,
          imports: [engine],
          areas: [
            alertsArea(alerts),
            notificationsArea({ provide: NOTIFICATIONS_VIEW, useFactory: notificationsView, inject: [Notifications] }),
            historyArea({ provide: HISTORY_VIEW, useFactory: ({ reader }: History) => reader, inject: [History] }),
          ],
        }),
      ],
      controllers: [AggregatorController],
      providers: [view],
      exports: [engine],
    };
  }

  onApplicationBootstrap(): void {
    this.alerting.start();
    this.aggregator.start();
    this.history.start(this.mesh);
    this.notifications.start();
  }

  /** The transport closes after this and revokes the partitions, which writes their last snapshots. */
  async beforeApplicationShutdown(): Promise<void> {
    const parts = [this.alerting, this.aggregator, this.history, this.notifications];
    await Promise.all(parts.map((part) => part.stop()));
  }
}

/** Not ready while a partition is being restored: its series would be missing from the page. */
function readinessOf({ restoringPartitions }: Aggregator): { ready: boolean; reason?: string } {
  if (restoringPartitions.length === 0) return { ready: true };
  return { ready: false, reason: `Partitions ${restoringPartitions.join(', ')} are being restored, or catch up.` };
}
