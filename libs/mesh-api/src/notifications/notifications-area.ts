import type { Provider } from '@nestjs/common';
import type { ApiArea } from '../mesh-api.module.js';
import { receiverRoutes } from './receiver-routes.js';
import { ReceiversController } from './receivers.controller.js';
import { silenceRoutes } from './silence-routes.js';
import { SilencesController } from './silences.controller.js';

export const notificationRoutes = [...silenceRoutes, ...receiverRoutes] as const;

/** Silences and receivers. `view` provides `NOTIFICATIONS_VIEW`. */
export function notificationsArea(view: Provider): ApiArea {
  return { controllers: [SilencesController, ReceiversController], providers: [view], routes: notificationRoutes };
}
