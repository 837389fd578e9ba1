import { defineFamily } from '@omninode/collector-kit';
import { counter } from '@omninode/contracts';
import { z } from 'zod';
import { notTold } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { eraSchema } from '../counter-era.js';
import { serverCounted } from '../redis/counters.js';
import { readInfo } from '../redis/info.js';
import { addOwnTime, ownTimeSchema } from '../redis/own-time.js';
import type { OwnTime } from '../redis/own-time.js';
import { addOwn, ownKeys, ownOf, ownTotalsSchema, withoutOwn } from '../redis/own-use.js';

const memorySchema = z.object({ era: eraSchema, own: ownTotalsSchema, times: z.record(z.string(), ownTimeSchema) });

/**
 * What commands were called, how long they took, how many were refused or failed. Source: section commandstats of INFO. What
 * the collector itself sends is taken off, so that watching an idle server leaves it idle.
 */
export const commands = defineFamily<CacheQuery, CacheReply>()({
  name: 'commands',
  lane: 'fast',
  openLabels: ['command'],
  maxLabelSets: 100,
  metrics: {
    omninode_cache_commands_processed_total: counter('operations', 'Commands that the server ran, without ours.'),
    omninode_cache_commands_total: counter(
      'operations',
      'Calls by command, without ours. A subcommand stands behind a bar: config|get.',
      ['command'],
    ),
    omninode_cache_command_seconds_total: counter(
      'seconds',
      'Time that the server spent on a command, without its share of ours.',
      ['command'],
    ),
    omninode_cache_commands_rejected_total: counter(
      'operations',
      'Calls that were refused before they ran, for want of memory, rights or arguments, without ours.',
      ['command'],
    ),
    omninode_cache_commands_failed_total: counter('operations', 'Calls that ran and ended in an error, without ours.', [
      'command',
    ]),
  },
  query: 'statistics',
  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory }) {
    if (reply.source === 'application') return record.report('unsupported', notTold('commands'));
    const info = readInfo(reply.info);
    const { era, reset } = serverCounted(info, memory?.era, atMs);
    const { startMs } = era;
    const own = addOwn(memory?.own, reply.own, reset);
    const times: Record<string, OwnTime> = {};
    for (const [command, { calls, usec, rejected_calls, failed_calls }] of info.lines('cmdstat_')) {
      const ownCalls = ownOf(own.total, ownKeys.calls, command);
      if (ownCalls > 0) {
        const now = { calls: Number(calls), usec: Number(usec), own: ownCalls };
        times[command] = addOwnTime(reset ? undefined : memory?.times[command], now);
      }
      const called = withoutOwn(calls, ownCalls);
      const rejected = withoutOwn(rejected_calls, ownOf(own.total, ownKeys.rejected, command));
      if (called === 0 && !rejected) continue; // only ours
      record.omninode_cache_commands_total(called, { command }, startMs);
      record.omninode_cache_command_seconds_total(secondsOfOthers(usec, times[command]), { command }, startMs);
      record.omninode_cache_commands_rejected_total(rejected, { command }, startMs);
      const failed = withoutOwn(failed_calls, ownOf(own.total, ownKeys.failed, command));
      record.omninode_cache_commands_failed_total(failed, { command }, startMs);
    }
    const ownTotal = Object.entries(own.total).reduce(
      (sum, [key, n]) => sum + (key.startsWith(ownKeys.calls('')) ? n : 0),
      0,
    );
    record.omninode_cache_commands_processed_total(withoutOwn(info.get('total_commands_processed'), ownTotal), startMs);
    return { era, own, times };
  },
});

function secondsOfOthers(usec: string | undefined, time: OwnTime | undefined): number | undefined {
  return usec === undefined ? undefined : Math.max(0, Number(usec) - (time?.ownUsec ?? 0)) / 1_000_000;
}
