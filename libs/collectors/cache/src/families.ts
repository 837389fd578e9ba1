import type { AnyFamily } from '@omninode/collector-kit';
import type { CacheQuery } from './cache-reply.js';
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

/**
 * All families, in the order in which a pass reads them: a test fails when a file of `families/` is missing here. The first
 * one has INFO asked and is told how long that took, the others share it.
 */
export const cacheFamilies: readonly AnyFamily<CacheQuery>[] = [
  availability,
  memory,
  lookups,
  commands,
  errorReplies,
  evictions,
  connections,
  keyspace,
  persistence,
  replication,
  slowlog,
];
