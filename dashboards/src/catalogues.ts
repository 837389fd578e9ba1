import { meshMetrics } from '@omninode/aggregation';
import { alertingMetrics } from '@omninode/alerting';
import { breakerCollectorEvents, breakerCollectorMetrics } from '@omninode/collector-breaker';
import { cacheEvents, cacheMetrics } from '@omninode/collector-cache';
import { databaseEvents, databaseMetrics } from '@omninode/collector-database';
import { kafkaEvents, kafkaMetrics } from '@omninode/collector-kafka';
import { clientMetrics, kafkaClientMetrics } from '@omninode/client';
import { collectorEvents, collectorMetrics } from '@omninode/collector-kit';
import {
  applicationCacheMetrics,
  breakerEvents,
  breakerMetrics,
  poolMetrics,
  producerMetrics,
  requestEvents,
  requestMetrics,
  type Events,
  type Metrics,
} from '@omninode/contracts';
import { historyMetrics } from '@omninode/history';
import { intakeMetrics } from '@omninode/mesh-api';
import { notificationMetrics } from '@omninode/notifiers';
import { publisherMetrics } from '@omninode/publisher';

/** A part of the product with what it publishes. */
export interface Catalogue {
  readonly title: string;
  readonly metrics: Metrics;
  readonly events: Events;
  /** Labels that every one of its series has besides its own. */
  readonly commonLabels: readonly string[];
}

/** The same list with the types of its metrics, so that a dashboard which names an unknown metric or label does not compile. */
export const typedCatalogues = [
  { title: 'Database', metrics: databaseMetrics, events: databaseEvents, commonLabels: ['target'] },
  { title: 'Kafka', metrics: kafkaMetrics, events: kafkaEvents, commonLabels: ['target'] },
  { title: 'Caches', metrics: cacheMetrics, events: cacheEvents, commonLabels: ['target'] },
  {
    title: 'Circuit breakers',
    metrics: breakerCollectorMetrics,
    events: breakerCollectorEvents,
    commonLabels: ['target'],
  },
  {
    title: 'Services with the client',
    metrics: {
      ...requestMetrics,
      ...poolMetrics,
      ...producerMetrics,
      ...kafkaClientMetrics,
      ...applicationCacheMetrics,
      ...breakerMetrics,
      ...clientMetrics,
    },
    events: { ...requestEvents, ...breakerEvents },
    commonLabels: ['service_name', 'service_instance'],
  },
  { title: 'Collectors', metrics: collectorMetrics, events: collectorEvents, commonLabels: ['target'] },
  { title: 'Publishers', metrics: publisherMetrics, events: {}, commonLabels: ['service_name', 'service_instance'] },
  {
    title: 'Aggregators',
    metrics: { ...meshMetrics, ...alertingMetrics, ...notificationMetrics, ...historyMetrics, ...intakeMetrics },
    events: {},
    commonLabels: [],
  },
] as const satisfies readonly Catalogue[];

/** Everything that the product publishes: docs, dashboards and rules derive from this list. */
export const catalogues: readonly Catalogue[] = typedCatalogues;
