export { loadConfiguration } from './configuration/load-configuration.js';
export type {
  Configuration,
  ConfigurationOptions,
  LoadedConfiguration,
  ServiceConfiguration,
} from './configuration/load-configuration.js';
export { describeConfiguration } from './configuration/describe-configuration.js';
export { Secret, secret } from './configuration/secret.js';
export { duration, formatDuration, parseDuration } from './configuration/duration.js';
export { formatSize, parseSize, size } from './configuration/size.js';
export { brokerList, busConfig } from './configuration/service-config.js';
export { addressOf, brokersOf } from './configuration/address.js';
export { nearest } from './configuration/nearest.js';
export { targetKinds } from './configuration/targets.js';
export type { Target, TargetKind, TargetOptions } from './configuration/targets.js';
export type { ConfigurationOf, Sections, Setting } from './configuration/setting.js';
export type { Source } from './configuration/source.js';
export { createLogger } from './log/logger.js';
export type { LogFields, Logger, LoggerOptions, LogLevel } from './log/logger.js';
export { nestLogger } from './log/nest-logger.js';
export { withoutCredentials } from './log/presentable.js';
export { stateLog } from './log/state-log.js';
export type { StateLog } from './log/state-log.js';
export { runService } from './service/run-service.js';
export { startService } from './service/start-service.js';
export type { ServiceOptions, StartedService } from './service/start-service.js';
export type { CreateModules, Modules, ServiceContext } from './service/service-context.js';
export { CONFIGURATION, LOGGER, STOPPING } from './service/service.module.js';
export { Readiness } from './service/readiness.js';
export type { CheckAnswer, ReadinessCheck, ReadinessState } from './service/readiness.js';
export { ShutdownReports } from './service/shutdown-reports.js';
export type { ShutdownReport } from './service/shutdown-reports.js';
export type { StopOutcome } from './service/stop-service.js';
export { configurationReference } from './configuration/configuration-reference.js';
export { createProcessMetrics } from './metrics/process-metrics.js';
export type { ProcessMetrics, ProcessSample } from './metrics/process-metrics.js';
export { processMetricsText } from './metrics/process-metrics-text.js';
