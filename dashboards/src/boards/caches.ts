import { levelsOf } from '../alert-rules.js';
import { charts, numbers, type Board } from '../board.js';
import { lines, stat, table } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, ratio, sum, topk } from '../promql/expression.js';
import { gauge, rate } from '../promql/series.js';
import { cacheDurability } from './cache-durability.js';
import { either, ofTarget } from './either.js';

export const caches: Board = {
  name: 'caches',
  title: 'Caches',
  description: 'Redis and Valkey, the caches of applications, and the caches of services with the client.',
  choices: [
    { variable: 'target', metric: 'omninode_cache_probe_seconds' },
    { variable: 'service', metric: 'omninode_cache_hits_total' },
  ],
  rows: [
    {
      title: 'Use',
      lines: [
        numbers(
          stat({
            title: 'Answer time',
            description: 'Of the question of a pass.',
            unit: unit.seconds,
            queries: [query(max(gauge('omninode_cache_probe_seconds', ofTarget), 'target'), '{{target}}')],
          }),
          stat({
            title: 'Memory of the limit',
            description: 'At 1 keys are evicted, or writes refused.',
            unit: unit.share,
            levels: { warning: 0.9 },
            alerts: ['CacheEvictionPressure'],
            queries: [
              query(
                max(gauge('omninode_cache_memory_used_ratio', ofTarget), 'target', 'cache'),
                '{{target}} {{cache}}',
              ),
            ],
          }),
          stat({
            title: 'Connections',
            description: 'Of clients, ours not counted.',
            unit: unit.count,
            queries: [query(max(gauge('omninode_cache_connections', ofTarget), 'target'), '{{target}}')],
          }),
          stat({
            title: 'Replicas',
            description: 'That are online.',
            unit: unit.count,
            queries: [
              query(sum(gauge('omninode_cache_replicas', { ...ofTarget, state: 'online' }), 'target'), '{{target}}'),
            ],
          }),
        ),
        charts(
          lines({
            title: 'Hit rate',
            description:
              'Share of lookups that found what they looked for, since the pass before. Absent when there were none.',
            unit: unit.share,
            max: 1,
            levels: levelsOf('low_cache_hit_rate'),
            alerts: ['low_cache_hit_rate'],
            queries: [
              query(
                either((of) => max(gauge('omninode_cache_hit_rate_ratio', of), 'target', 'service_name', 'cache')),
                '{{target}}{{service_name}} {{cache}}',
              ),
            ],
          }),
          lines({
            title: 'Hits',
            description: 'Lookups that found what they looked for.',
            unit: unit.perSecond,
            queries: [
              query(
                either((of) => sum(rate('omninode_cache_hits_total', of), 'target', 'service_name', 'cache')),
                '{{target}}{{service_name}} {{cache}}',
              ),
            ],
          }),
          lines({
            title: 'Misses',
            description: 'Lookups that did not.',
            unit: unit.perSecond,
            queries: [
              query(
                either((of) => sum(rate('omninode_cache_misses_total', of), 'target', 'service_name', 'cache')),
                '{{target}}{{service_name}} {{cache}}',
              ),
            ],
          }),
        ),
        charts(
          lines({
            title: 'Memory',
            description: 'What each cache uses.',
            unit: unit.bytes,
            queries: [
              query(
                either((of) => max(gauge('omninode_memory_usage_bytes', of), 'target', 'service_name', 'cache')),
                '{{target}}{{service_name}} {{cache}}',
              ),
            ],
          }),
          lines({
            title: 'Entries',
            description: 'By where they are.',
            unit: unit.count,
            queries: [
              query(
                either((of) => max(gauge('omninode_cache_entries', of), 'target', 'service_name', 'cache', 'tier')),
                '{{target}}{{service_name}} {{cache}} {{tier}}',
              ),
            ],
          }),
          lines({
            title: 'Keys evicted and expired',
            description: 'Evicted keys were thrown out for want of memory: many of them make misses.',
            unit: unit.perSecond,
            alerts: ['CacheEvictionPressure'],
            queries: [
              query(sum(rate('omninode_cache_evicted_keys_total', ofTarget), 'target'), '{{target}} evicted'),
              query(sum(rate('omninode_cache_expired_keys_total', ofTarget), 'target'), '{{target}} expired'),
            ],
          }),
        ),
      ],
    },
    {
      title: 'Commands of Redis',
      lines: [
        charts(
          lines({
            title: 'Commands',
            description: 'Without those of the collector.',
            unit: unit.perSecond,
            isStacked: true,
            queries: [
              query(
                sum(rate('omninode_cache_commands_total', ofTarget), 'target', 'command'),
                '{{target}} {{command}}',
              ),
            ],
          }),
          lines({
            title: 'Mean time of commands',
            description: 'That the server spent, not the way there.',
            unit: unit.seconds,
            queries: [
              query(
                ratio(
                  sum(rate('omninode_cache_command_seconds_total', ofTarget), 'target', 'command'),
                  sum(rate('omninode_cache_commands_total', ofTarget), 'target', 'command'),
                ),
                '{{target}} {{command}}',
              ),
            ],
          }),
          lines({
            title: 'Commands that failed or were refused',
            description: 'Refused for want of memory, rights or arguments.',
            unit: unit.perSecond,
            alerts: ['CacheWritesRefused'],
            queries: [
              query(
                sum(rate('omninode_cache_commands_failed_total', ofTarget), 'target', 'command'),
                '{{target}} {{command}} failed',
              ),
              query(
                sum(rate('omninode_cache_commands_rejected_total', ofTarget), 'target', 'command'),
                '{{target}} {{command}} refused',
              ),
            ],
          }),
        ),
        charts(
          table({
            title: 'Commands that take the most time',
            description: 'Seconds that the server spends on each in a second.',
            unit: unit.seconds,
            queries: [
              query(
                topk(10, sum(rate('omninode_cache_command_seconds_total', ofTarget), 'target', 'command')),
                '{{command}}',
              ),
            ],
            values: ['Seconds a second'],
          }),
          lines({
            title: 'Network',
            description: 'In from clients, out to them.',
            unit: unit.bytesPerSecond,
            queries: [
              query(
                sum(rate('omninode_cache_network_bytes_total', ofTarget), 'target', 'direction'),
                '{{target}} {{direction}}',
              ),
            ],
          }),
          lines({
            title: 'Slow commands that were lost',
            description: 'They left the slowlog before they were read: raise slowlog-max-len.',
            unit: unit.perSecond,
            queries: [query(sum(rate('omninode_cache_slow_commands_lost_total', ofTarget), 'target'), '{{target}}')],
          }),
        ),
      ],
    },
    cacheDurability,
  ],
};
