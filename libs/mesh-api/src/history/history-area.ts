import type { Provider } from '@nestjs/common';
import type { ApiArea } from '../mesh-api.module.js';
import { baselineRoutes } from './baseline-routes.js';
import { BaselinesController } from './baselines.controller.js';
import { reportRoutes } from './report-routes.js';
import { ReportsController } from './reports.controller.js';
import { requestRoutes } from './request-routes.js';
import { RequestsController } from './requests.controller.js';
import { slowOperationsRoutes } from './slow-operations-routes.js';
import { SlowOperationsController } from './slow-operations.controller.js';

export const historyRoutes = [...slowOperationsRoutes, ...requestRoutes, ...reportRoutes, ...baselineRoutes] as const;

/** The past: slow operations, requests, reports, baselines. `view` provides `HISTORY_VIEW`. */
export function historyArea(view: Provider): ApiArea {
  return {
    controllers: [SlowOperationsController, RequestsController, ReportsController, BaselinesController],
    providers: [view],
    routes: historyRoutes,
  };
}
