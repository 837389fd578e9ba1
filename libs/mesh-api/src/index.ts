export { RouteTable } from './access/route-table.js';
export { apiConfig } from './api.config.js';
export type { ApiConfig } from './api.config.js';
export { apiRoutes } from './api-routes.js';
export { errors as apiErrors } from './errors.js';
export { everyRoute } from './every-route.js';
export { healthConfig, healthRules } from './health/health.config.js';
export type { HealthConfig } from './health/health.config.js';
export { dailyReportOf } from './history/daily-report-of.js';
export { historyArea, historyRoutes } from './history/history-area.js';
export { HISTORY_VIEW } from './history/history-view.js';
export type { HistoryView } from './history/history-view.js';
export { reportDocument } from './history/report-document.js';
export { intakeMetrics } from './intake/intake.metrics.js';
export { MEASUREMENT_INTAKE } from './intake/measurement-intake.js';
export type { IntakeRecord, MeasurementIntake } from './intake/measurement-intake.js';
export { MeshApiModule } from './mesh-api.module.js';
export type { ApiArea, MeshApiOptions } from './mesh-api.module.js';
export { MESH_VIEW } from './mesh-view.js';
export type { MeshView, OwnedPartition } from './mesh-view.js';
export { openApiDocument } from './openapi/document.js';
export { apiReference } from './openapi/markdown.js';
export { readQuery } from './openapi/read-given.js';
export { requireToken } from './require-token.js';
export type { Answer, Role, Route } from './openapi/route.js';
export { STREAM_SOURCES } from './stream/stream-source.js';
export type { StreamChange, StreamSource } from './stream/stream-source.js';
export { alertSource, commandSource } from './stream/topic-source.js';
export type { SourceFollow, TopicSourceOptions } from './stream/topic-source.js';
export { notificationRoutes, notificationsArea } from './notifications/notifications-area.js';
export { NOTIFICATIONS_VIEW } from './notifications/notifications-view.js';
export type {
  NewSilence,
  NotificationsView,
  ShownReceiver,
  ShownSilence,
  TestOutcome,
} from './notifications/notifications-view.js';
export { alertsArea, alertsRoutes } from './alerts/alerts-area.js';
export { ALERTS_VIEW } from './alerts/alerts-view.js';
export type { AlertsView, DryRun, RulesInForce } from './alerts/alerts-view.js';
