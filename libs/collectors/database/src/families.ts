import type { AnyFamily } from '@omninode/collector-kit';
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
import type { DatabaseQuery } from './server/database-query.js';

/** All families, in the order in which a pass reads them: a test fails when a file of `families/` is missing here. */
export const databaseFamilies: readonly AnyFamily<DatabaseQuery>[] = [
  availability,
  connections,
  load,
  blocking,
  transactions,
  replication,
  databaseStatistics,
  statements,
  wal,
  checkpoints,
  replicationSlots,
  pooler,
  wraparound,
  databaseSizes,
  tables,
];
