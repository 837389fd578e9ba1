import { defineFamily } from '@omninode/collector-kit';
import { counter } from '@omninode/contracts';
import { z } from 'zod';
import { notTold } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { eraSchema } from '../counter-era.js';
import { serverCounted } from '../redis/counters.js';
import { readInfo } from '../redis/info.js';
import { addOwn, ownKeys, ownTotalsSchema, withoutOwn } from '../redis/own-use.js';

const memorySchema = z.object({ era: eraSchema, own: ownTotalsSchema });

/** Error replies by type: the first word of the reply, such as OOM, NOPERM, WRONGTYPE. Source: section errorstats of INFO, Redis 6.2 and newer. */
export const errorReplies = defineFamily<CacheQuery, CacheReply>()({
  name: 'errors',
  lane: 'fast',
  openLabels: ['type'],
  maxLabelSets: 50,
  metrics: {
    omninode_cache_error_replies_total: counter(
      'errors',
      'Errors that the server replied with, by their first word, without ours. Words of scripts that are not all upper case are summed as custom, for they can be any text.',
      ['type'],
    ),
  },
  query: 'statistics',
  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory }) {
    if (reply.source === 'application') return record.report('unsupported', notTold('error replies'));
    const info = readInfo(reply.info);
    const { era, reset } = serverCounted(info, memory?.era, atMs);
    const own = addOwn(memory?.own, reply.own, reset);
    const counts = new Map<string, number>();
    for (const [word, { count }] of info.lines('errorstat_')) {
      const type = /^[A-Z][A-Z0-9_]{0,31}$/.test(word) ? word : 'custom';
      const ofOthers = withoutOwn(count, own.total[ownKeys.errors(word)] ?? 0) ?? 0;
      counts.set(type, (counts.get(type) ?? 0) + ofOthers);
    }
    for (const [type, count] of counts) {
      if (count > 0) record.omninode_cache_error_replies_total(count, { type }, era.startMs); // 0: only ours
    }
    return { era, own };
  },
});
