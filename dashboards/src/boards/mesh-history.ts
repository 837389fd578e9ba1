import { charts, type Row } from '../board.js';
import { lines } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, min, sum } from '../promql/expression.js';
import { chosen } from '../promql/selector.js';
import { gauge, rate } from '../promql/series.js';

const ofInstance = { instance: chosen('instance') };

/** What is kept of the past, and what was left out of it. */
export const history: Row = {
  title: 'History',
  lines: [
    charts(
      lines({
        title: 'Hours written',
        description: 'Rollups of hours that go on and of those that are over, and those that the bus did not take.',
        unit: unit.perSecond,
        queries: [
          query(sum(rate('omninode_mesh_rollups_written_total', ofInstance), 'hour'), '{{hour}}'),
          query(sum(rate('omninode_mesh_rollup_failures_total', ofInstance)), 'not taken'),
        ],
      }),
      lines({
        title: 'What hours are kept of',
        description: 'In the partitions that these aggregators own.',
        unit: unit.count,
        isStacked: true,
        queries: [query(sum(gauge('omninode_mesh_rollup_subjects', ofInstance), 'kind'), '{{kind}}')],
      }),
      lines({
        title: 'Read of the past',
        description: 'At 0 a replica has not read everything yet: its answers about the past are less than the whole.',
        unit: unit.count,
        max: 1,
        queries: [query(min(gauge('omninode_mesh_history_complete', ofInstance), 'instance'), '{{instance}}')],
      }),
    ),
    charts(
      lines({
        title: 'Operations added up in "other"',
        description: 'Their series, beyond history.operationsPerPartition: counted, but not told apart by the hour.',
        unit: unit.count,
        queries: [query(sum(gauge('omninode_mesh_rollup_series_folded', ofInstance)), 'series')],
      }),
      lines({
        title: 'Left out, late and not readable',
        description:
          'Series and hours beyond the limits of the section history, values too late for their hour, records that can not be read.',
        unit: unit.perSecond,
        queries: [
          query(sum(rate('omninode_mesh_rollup_series_left_out_total', ofInstance)), 'report series left out'),
          query(sum(rate('omninode_mesh_history_records_left_out_total', ofInstance)), 'hours left out'),
          query(sum(rate('omninode_mesh_baseline_rollups_left_out_total', ofInstance)), 'hours without baseline'),
          query(sum(rate('omninode_mesh_rollup_points_late_total', ofInstance)), 'values too late'),
          query(sum(rate('omninode_mesh_history_unreadable_total', ofInstance)), 'not readable'),
        ],
      }),
      lines({
        title: 'Baselines',
        description: 'Series of which is known what is usual, in each replica.',
        unit: unit.count,
        queries: [query(max(gauge('omninode_mesh_baselines', ofInstance), 'instance'), '{{instance}}')],
      }),
      lines({
        title: 'Daily reports that could not be written',
        description: 'Where history.reportsFolder is set. The log says why; it is tried again.',
        unit: unit.count,
        levels: { warning: 1 },
        queries: [query(sum(gauge('omninode_mesh_daily_reports_due', ofInstance)), 'due')],
      }),
    ),
  ],
};
