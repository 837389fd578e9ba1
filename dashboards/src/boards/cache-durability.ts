import { charts, type Row } from '../board.js';
import { oneIsGood } from '../panels/mappings.js';
import { lines, states } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, sum } from '../promql/expression.js';
import { gauge, rate } from '../promql/series.js';
import { ofTarget } from './either.js';

export const cacheDurability: Row = {
  title: 'Memory, replication and snapshots of Redis',
  lines: [
    charts(
      lines({
        title: 'Memory of the server',
        description: 'As the system sees it, as the allocator gave it out, and the most of it ever.',
        unit: unit.bytes,
        queries: [
          query(max(gauge('omninode_cache_memory_resident_bytes', ofTarget), 'target'), '{{target}} resident'),
          query(max(gauge('omninode_cache_memory_dataset_bytes', ofTarget), 'target'), '{{target}} data'),
          query(max(gauge('omninode_cache_memory_peak_bytes', ofTarget), 'target'), '{{target}} peak'),
        ],
      }),
      lines({
        title: 'Connections refused',
        description: 'Because maxclients was reached, and clients that were ended for want of memory.',
        unit: unit.perSecond,
        queries: [
          query(sum(rate('omninode_cache_connections_rejected_total', ofTarget), 'target'), '{{target}} refused'),
          query(sum(rate('omninode_cache_evicted_clients_total', ofTarget), 'target'), '{{target}} ended'),
        ],
      }),
      lines({
        title: 'Synchronisations with replicas',
        description: 'Full ones copy everything: they should be rare.',
        unit: unit.perSecond,
        queries: [
          query(
            sum(rate('omninode_cache_replication_resyncs_total', ofTarget), 'target', 'kind'),
            '{{target}} {{kind}}',
          ),
        ],
      }),
    ),
    charts(
      lines({
        title: 'Lag of replicas',
        description: 'What the one that is furthest behind has not acknowledged. Absent without an online replica.',
        unit: unit.bytes,
        queries: [query(max(gauge('omninode_cache_replication_lag_bytes', ofTarget), 'target'), '{{target}}')],
      }),
      states({
        title: 'Link to the primary',
        description: 'Of replicas. Absent on a primary.',
        unit: unit.count,
        mappings: oneIsGood('down', 'up'),
        alerts: ['CacheReplicationLinkDown'],
        queries: [query(max(gauge('omninode_cache_replication_link_up', ofTarget), 'target'), '{{target}}')],
      }),
      states({
        title: 'Latest snapshot',
        description: 'Whether it succeeded; while there was none, that nothing failed.',
        unit: unit.count,
        mappings: oneIsGood('failed', 'succeeded'),
        queries: [query(max(gauge('omninode_cache_rdb_last_save_ok', ofTarget), 'target'), '{{target}}')],
      }),
      lines({
        title: 'Changes since the latest snapshot',
        description: 'What a crash would lose where there is no AOF.',
        unit: unit.count,
        queries: [query(max(gauge('omninode_cache_rdb_changes', ofTarget), 'target'), '{{target}}')],
      }),
    ),
  ],
};
