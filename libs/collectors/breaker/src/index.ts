/**
 * Watches circuit breakers from outside: by the pages of the services that have them, and by the platform's own events.
 *
 * dialects/    how each library tells of its breakers in the format of Prometheus, one file each
 * exposition/  that format, and the rules by which it is read
 * actuator/    resilience4j's JSON
 * course/      what is known of a breaker from pass to pass
 * platform/    the platform's breaker events on the bus
 */
export { BREAKER_COLLECTOR, breakerCollectorModule } from './breaker-collector.module.js';
export type { BreakerCollectorOptions } from './breaker-collector.module.js';
export { breakerCollectorEvents, breakerCollectorMetrics } from './breaker.metrics.js';
export { breakerConfig } from './breaker.config.js';
export type { BreakerConfig } from './breaker.config.js';
export { breakerTargetOptions, breakerTargets } from './breaker-target.js';
export type { BreakerTarget } from './breaker-target.js';
export { breakerWatch } from './breaker-watch.js';
export { errors as breakerErrors } from './errors.js';
export { breakerFamilies } from './families.js';
export { PlatformBreakersModule } from './platform/platform-breakers.module.js';
export type { PlatformBreakersModuleOptions } from './platform/platform-breakers.module.js';
