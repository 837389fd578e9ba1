import { defineEvents, defineMetrics } from '@omninode/contracts';
import { availability } from './families/availability.js';
import { commands } from './families/commands.js';
import { connections } from './families/connections.js';
import { errorReplies } from './families/errors.js';
import { evictions } from './families/evictions.js';
import { keyspace } from './families/keyspace.js';
import { lookups } from './families/lookups.js';
import { memory } from './families/memory.js';
import { persistence } from './families/persistence.js';
import { replication } from './families/replication.js';
import { slowlog } from './families/slowlog.js';

/** The catalogue: every metric that the cache collector publishes, by family. */
export const cacheMetrics = defineMetrics({
  ...availability.metrics,
  ...memory.metrics,
  ...lookups.metrics,
  ...commands.metrics,
  ...errorReplies.metrics,
  ...evictions.metrics,
  ...connections.metrics,
  ...keyspace.metrics,
  ...persistence.metrics,
  ...replication.metrics,
  ...slowlog.metrics,
});

/** Every event that it publishes. */
export const cacheEvents = defineEvents({ ...availability.events, ...lookups.events, ...slowlog.events });
