import { dashboardRoutes } from './dashboard/dashboard-routes.js';
import { healthRoutes } from './health/health-routes.js';
import { intakeRoutes } from './intake/intake-routes.js';
import { metricsRoutes } from './metrics-routes.js';
import { referenceRoutes } from './openapi/reference-routes.js';
import type { Route } from './openapi/route.js';
import { partitionRoutes } from './partitions/partition-routes.js';
import { seriesRoutes } from './series/series-routes.js';
import { streamRoutes } from './stream/stream-routes.js';
import { targetRoutes } from './targets/target-routes.js';

/** The routes that every process with the API serves, `/livez` and `/readyz` of the service among them. */
export const apiRoutes: readonly Route[] = [
  ...healthRoutes,
  ...targetRoutes,
  ...seriesRoutes,
  ...partitionRoutes,
  ...dashboardRoutes,
  ...streamRoutes,
  ...metricsRoutes,
  ...intakeRoutes,
  ...referenceRoutes,
];
