import { defineEvents, defineMetrics } from '@omninode/contracts';
import { breakers } from './families/breakers.js';

/** The catalogue: every metric that the breaker collector publishes, all of them of the vocabulary of breakers. */
export const breakerCollectorMetrics = defineMetrics({ ...breakers.metrics });

/** Every event that it publishes. */
export const breakerCollectorEvents = defineEvents({ ...breakers.events });
