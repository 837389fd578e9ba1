import { reportMissing } from '../missing.js';
import type { ServiceName } from './service.js';
import { services } from './services.js';

/**
 * For `test.skipIf(unavailable('redis'))`: whether a service can't be had on this machine. Says so on stderr with the way to
 * get it, so that no skip is silent.
 */
export function unavailable(name: ServiceName): boolean {
  return reportMissing(name, services[name].missing());
}
