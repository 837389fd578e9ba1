import { defineFamily } from '@omninode/collector-kit';
import { counter } from '@omninode/contracts';
import { z } from 'zod';
import { notTold } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { readInfo } from '../redis/info.js';
import { ownConnectionName } from '../redis/own-use.js';
import { serverStartMs } from '../redis/server-run.js';
import { readSlowEntries } from '../redis/slowlog-entries.js';
import { isCutShort, newsOf, slowlogProgressSchema } from '../redis/slowlog-progress.js';

/** Enough for a pass of most servers; where it is not, all are fetched. */
const usual = 16;
const all = 1_024;

const memorySchema = z.object({ progress: slowlogProgressSchema, lost: z.number(), lostSinceMs: z.number() });

/**
 * Commands that took longer than slowlog-log-slower-than: each is told once, by its id, also across restarts of the collector.
 * The length of the slowlog is no count: it ends at slowlog-max-len. The ids are one.
 */
export const slowlog = defineFamily<CacheQuery, CacheReply>()({
  name: 'slowlog',
  lane: 'fast',
  metrics: {
    omninode_cache_slow_commands_total: counter(
      'operations',
      'Slow commands that the server ever logged since it was started, from the ids of its slowlog, ours included. Absent while no entry was seen.',
    ),
    omninode_cache_slow_commands_lost_total: counter(
      'operations',
      'Slow commands that left the slowlog before they were read, since the server was first watched: raise slowlog-max-len, or slowlog-log-slower-than.',
    ),
  },
  events: {
    'cache.slow_command': {
      meaning: 'A command took longer than slowlog-log-slower-than. Commands of the collector itself are left out.',
      attributes: {
        id: 'The id of the entry, unique in a run of the server.',
        at_ms: 'When it was run, whole seconds, ms since 1970 UTC.',
        duration_seconds: 'How long it took, s.',
        command: 'Its name, with a subcommand behind a bar. Arguments are never told.',
        argument_count: 'How many arguments it had.',
      },
    },
    'cache.slowlog_reset': {
      meaning: 'Entries were removed from the slowlog: SLOWLOG RESET, or a smaller slowlog-max-len.',
      attributes: { lost: 'How many entries went untold with it.' },
    },
  },
  query: { slowlog: usual },
  parseMemory: (json) => memorySchema.safeParse(json).data,

  followUp(reply, { memory }) {
    if (reply.source === 'application') return undefined;
    const isShort = isCutShort(readSlowEntries(reply.slowlog), usual, readInfo(reply.info), memory?.progress);
    return isShort ? { slowlog: all, alone: true } : undefined;
  },

  toMeasurements(reply, record, { takenAtMs, memory, followUp, followUpFailed }) {
    if (reply.source === 'application') return record.report('unsupported', notTold('slow commands'));
    if (followUpFailed) return; // they are still there in the next pass
    const info = readInfo(reply.info);
    const entries = readSlowEntries(followUp ?? reply.slowlog);
    const { fresh, lost, wasReset, progress } = newsOf(entries, info, memory?.progress);
    for (const { id, atMs, durationSeconds, command, argumentCount, clientName } of fresh) {
      if (clientName === ownConnectionName) continue;
      const attributes = { at_ms: atMs, duration_seconds: durationSeconds, command, argument_count: argumentCount };
      record.event('cache.slow_command', { id, ...attributes });
    }
    if (wasReset) record.event('cache.slowlog_reset', { lost });

    const startMs = serverStartMs(info) ?? null;
    record.omninode_cache_slow_commands_total(progress.lastId === null ? null : progress.lastId + 1, startMs);
    const lostInAll = (memory?.lost ?? 0) + lost;
    const lostSinceMs = memory?.lostSinceMs ?? takenAtMs;
    record.omninode_cache_slow_commands_lost_total(lostInAll, lostSinceMs);
    return { progress, lost: lostInAll, lostSinceMs };
  },
});
