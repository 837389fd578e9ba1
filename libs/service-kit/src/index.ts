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
export { targetKinds } from './configuration/targets.js';
export type { Target, TargetKind, TargetOptions } from './configuration/targets.js';
export type { ConfigurationOf, Sections, Setting } from './configuration/setting.js';
export type { Source } from './configuration/source.js';
