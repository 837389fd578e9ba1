import { defineEvents, defineMetrics } from '@omninode/contracts';
import { cluster } from './families/cluster.js';
import { consumerGroups } from './families/consumer-groups.js';
import { deadLetters } from './families/dead-letters.js';
import { logSizes } from './families/log-sizes.js';
import { sweepCost } from './families/sweep-cost.js';
import { topics } from './families/topics.js';

/** The catalogue: every metric that the Kafka collector publishes, by family. */
export const kafkaMetrics = defineMetrics({
  ...cluster.metrics,
  ...topics.metrics,
  ...consumerGroups.metrics,
  ...deadLetters.metrics,
  ...logSizes.metrics,
  ...sweepCost.metrics,
});

/** Every event that it publishes. */
export const kafkaEvents = defineEvents({ ...cluster.events, ...topics.events, ...consumerGroups.events });
