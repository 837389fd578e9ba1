import { charts, type Row } from '../board.js';
import { lines, table } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, ratio, sum, topk } from '../promql/expression.js';
import { oneOf } from '../promql/selector.js';
import { gauge, increase, rate } from '../promql/series.js';
import { ofTarget } from './either.js';

const hits = sum(rate('omninode_database_blocks_hit_total', ofTarget), 'target');
const asked = sum(
  rate('omninode_database_query_blocks_total', { ...ofTarget, operation: oneOf('hit', 'read') }),
  'target',
);

/** What servers keep in memory, write, and have on disk. */
export const storage: Row = {
  title: 'Memory and disk',
  lines: [
    charts(
      lines({
        title: 'Blocks found in the shared buffers',
        description:
          'Share of the blocks that statements asked for. Others came from the disk or from the cache of the system.',
        unit: unit.share,
        max: 1,
        queries: [
          query(
            ratio(
              sum(rate('omninode_database_query_blocks_total', { ...ofTarget, operation: 'hit' }), 'target'),
              asked,
            ),
            '{{target}}',
          ),
        ],
      }),
      lines({
        title: 'Blocks',
        description: 'Found in the shared buffers, and read.',
        unit: unit.perSecond,
        queries: [
          query(hits, '{{target}} hit'),
          query(sum(rate('omninode_database_blocks_read_total', ofTarget), 'target'), '{{target}} read'),
        ],
      }),
      lines({
        title: 'Temporary files',
        description: 'Sorts and joins that did not fit into work_mem.',
        unit: unit.bytesPerSecond,
        queries: [query(sum(rate('omninode_database_temp_bytes_total', ofTarget), 'target'), '{{target}}')],
      }),
    ),
    charts(
      lines({
        title: 'WAL',
        description: 'What the server writes for safety and for its replicas.',
        unit: unit.bytesPerSecond,
        queries: [query(sum(rate('omninode_database_wal_bytes_total', ofTarget), 'target'), '{{target}}')],
      }),
      lines({
        title: 'Buffers written by whom',
        description:
          'Backends have better use for their time: many of theirs say that the background writer is too slow.',
        unit: unit.perSecond,
        queries: [
          query(
            sum(rate('omninode_database_buffers_written_total', ofTarget), 'target', 'writer'),
            '{{target}} {{writer}}',
          ),
        ],
      }),
      lines({
        title: 'Checkpoints',
        description: 'In an hour. Many requested ones say that max_wal_size is small.',
        unit: unit.count,
        queries: [
          query(
            sum(increase('omninode_database_checkpoints_total', ofTarget, '1h'), 'target', 'trigger'),
            '{{target}} {{trigger}}',
          ),
        ],
      }),
    ),
    charts(
      lines({
        title: 'Size of databases',
        description: 'On disk.',
        unit: unit.bytes,
        queries: [
          query(max(gauge('omninode_database_size_bytes', ofTarget), 'target', 'database'), '{{target}} {{database}}'),
        ],
      }),
      table({
        title: 'Tables with the most dead rows',
        description: 'Rows that wait for vacuum, as statistics estimate them.',
        unit: unit.count,
        queries: [
          query(
            topk(
              20,
              max(gauge('omninode_database_table_dead_rows', ofTarget), 'target', 'database', 'schema', 'table'),
            ),
            '{{table}}',
          ),
        ],
        values: ['Dead rows'],
      }),
      lines({
        title: 'Vacuum is forced',
        description:
          'Age of what is not frozen, of autovacuum_freeze_max_age: above 1 for long means that vacuum does not get through.',
        unit: unit.share,
        levels: { warning: 1.2 },
        alerts: ['DatabaseWraparound'],
        queries: [
          query(
            max(gauge('omninode_database_frozen_age_ratio', ofTarget), 'target', 'database', 'id'),
            '{{target}} {{database}} {{id}}',
          ),
        ],
      }),
    ),
  ],
};
