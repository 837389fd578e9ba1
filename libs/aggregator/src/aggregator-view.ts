import type { OwnSample } from '@omninode/aggregation';
import type { MeshView } from '@omninode/mesh-api';
import type { AggregatorSections } from './aggregator-sections.js';
import type { Aggregator } from './aggregator.js';
import type { Alerting } from './alerts/alerting.js';
import type { History } from './history/history.js';
import type { Notifications } from './notifications/notifications.js';

export interface ViewOptions {
  readonly aggregator: Aggregator;
  readonly alerting: Alerting;
  readonly notifications: Notifications;
  readonly history: History;
  readonly configuration: AggregatorSections;
  nowMs(): number;
  /** What the process knows of itself: CPU, memory, event loop. */
  processSamples(): Promise<readonly OwnSample[]>;
}

/** What the HTTP API shows of an aggregator. */
export function aggregatorView(options: ViewOptions): MeshView {
  const { aggregator, alerting, notifications, history, configuration, nowMs, processSamples } = options;
  return {
    states: () => aggregator.states(),
    ownedPartitions: () => aggregator.ownedPartitions(),
    summaries: () => aggregator.summaries(),
    limits: () => aggregator.healthLimits(),
    alerts: () => alerting.board.alerts(),
    expiryMs: configuration.aggregator.seriesExpiry,
    nowMs,
    ownSamples: async () => [
      ...(await processSamples()),
      ...aggregator.meshSamples(alerting.board.alerts()),
      ...alerting.samples(),
      ...notifications.samples(),
      ...history.samples(),
    ],
  };
}
