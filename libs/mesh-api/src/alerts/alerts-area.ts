import type { Provider } from '@nestjs/common';
import type { ApiArea } from '../mesh-api.module.js';
import { alertRoutes } from './alert-routes.js';
import { AlertsController } from './alerts.controller.js';
import { ruleRoutes } from './rule-routes.js';
import { RulesController } from './rules.controller.js';

export const alertsRoutes = [...alertRoutes, ...ruleRoutes] as const;

/** Alerts and the rules that they come from. `view` provides `ALERTS_VIEW`. */
export function alertsArea(view: Provider): ApiArea {
  return { controllers: [AlertsController, RulesController], providers: [view], routes: alertsRoutes };
}
