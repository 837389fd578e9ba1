import { defineEvents, defineMetrics } from '@omninode/contracts';
import { availability } from './families/availability.js';
import { blocking } from './families/blocking.js';
import { checkpoints } from './families/checkpoints.js';
import { connections } from './families/connections.js';
import { databaseSizes } from './families/database-sizes.js';
import { databaseStatistics } from './families/database-statistics.js';
import { load } from './families/load.js';
import { pooler } from './families/pooler.js';
import { replicationSlots } from './families/replication-slots.js';
import { replication } from './families/replication.js';
import { statements } from './families/statements.js';
import { tables } from './families/tables.js';
import { transactions } from './families/transactions.js';
import { wal } from './families/wal.js';
import { wraparound } from './families/wraparound.js';

/** The catalogue: every metric that the database collector publishes, by family. */
export const databaseMetrics = defineMetrics({
  ...availability.metrics,
  ...connections.metrics,
  ...load.metrics,
  ...blocking.metrics,
  ...transactions.metrics,
  ...replication.metrics,
  ...databaseStatistics.metrics,
  ...statements.metrics,
  ...wal.metrics,
  ...checkpoints.metrics,
  ...replicationSlots.metrics,
  ...pooler.metrics,
  ...wraparound.metrics,
  ...databaseSizes.metrics,
  ...tables.metrics,
});

/** Every event that it publishes. */
export const databaseEvents = defineEvents({ ...availability.events, ...blocking.events, ...statements.events });
