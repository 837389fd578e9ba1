import type { AnyFamily } from '@omninode/collector-kit';
import { availability } from './families/availability.js';
import { connections } from './families/connections.js';
import { databaseStatistics } from './families/database-statistics.js';
import { statements } from './families/statements.js';
import type { DatabaseQuery } from './server/database-query.js';

/** All families, in the order in which a pass reads them: a test fails when a file of `families/` is missing here. */
export const databaseFamilies: readonly AnyFamily<DatabaseQuery>[] = [
  availability,
  connections,
  databaseStatistics,
  statements,
];
