import { alertsRoutes } from './alerts/alerts-area.js';
import { apiRoutes } from './api-routes.js';
import { historyRoutes } from './history/history-area.js';
import { notificationRoutes } from './notifications/notifications-area.js';
import type { Route } from './openapi/route.js';

/** The routes of the whole API, with all its areas: what the reference is made of. */
export const everyRoute: readonly Route[] = [...apiRoutes, ...alertsRoutes, ...notificationRoutes, ...historyRoutes];
