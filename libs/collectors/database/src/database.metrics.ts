import { defineEvents, defineMetrics } from '@omninode/contracts';
import { availability } from './families/availability.js';
import { connections } from './families/connections.js';
import { databaseStatistics } from './families/database-statistics.js';
import { statements } from './families/statements.js';

/** The catalogue: every metric that the database collector publishes, by family. */
export const databaseMetrics = defineMetrics({
  ...availability.metrics,
  ...connections.metrics,
  ...databaseStatistics.metrics,
  ...statements.metrics,
});

/** Every event that it publishes. */
export const databaseEvents = defineEvents({ ...availability.events, ...statements.events });
