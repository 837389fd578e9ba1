import { levelsOf } from '../alert-rules.js';
import { charts, numbers, type Row } from '../board.js';
import { lines, stat } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max } from '../promql/expression.js';
import { chosen } from '../promql/selector.js';
import { gauge } from '../promql/series.js';

const ofInstance = { instance: chosen('instance') };

/** What the owner of partition 0 says of all partitions together. */
export const whole: Row = {
  title: 'The whole mesh',
  lines: [
    numbers(
      stat({
        title: 'Watchdog',
        description: 'Always 1. Without data nobody watches the mesh, and no alert of it will come.',
        unit: unit.count,
        alerts: ['Watchdog'],
        queries: [query(max(gauge('omninode_mesh_watchdog', ofInstance)), 'watchdog')],
      }),
      stat({
        title: 'Partitions that nobody reads',
        description: 'Their targets are unknown.',
        unit: unit.count,
        levels: levelsOf('PartitionsWithoutOwner'),
        alerts: ['PartitionsWithoutOwner'],
        queries: [query(max(gauge('omninode_mesh_partitions_silent', ofInstance)), 'partitions')],
      }),
      stat({
        title: 'Records that will not come',
        description: 'Sent, and missing for longer than any delay explains.',
        unit: unit.count,
        levels: levelsOf('LedgerNotClosed'),
        alerts: ['LedgerNotClosed'],
        queries: [query(max(gauge('omninode_mesh_records_overdue', ofInstance)), 'records')],
      }),
      stat({
        title: 'Records unaccounted for',
        description: 'Read, and the ledger can not say what became of them: a defect of ours.',
        unit: unit.count,
        levels: levelsOf('LedgerDoesNotAdd'),
        alerts: ['LedgerDoesNotAdd'],
        queries: [query(max(gauge('omninode_mesh_records_unaccounted', ofInstance)), 'records')],
      }),
    ),
    charts(
      lines({
        title: 'Age of the newest data of targets',
        description: 'What is old is unknown, not healthy.',
        unit: unit.seconds,
        levels: levelsOf('TargetDataStale'),
        alerts: ['TargetDataStale'],
        queries: [
          query(
            max(gauge('omninode_mesh_target_data_age_seconds', ofInstance), 'target', 'kind'),
            '{{kind}} {{target}}',
          ),
        ],
      }),
      lines({
        title: 'Targets by health',
        description: 'As the mesh judges them.',
        unit: unit.count,
        isStacked: true,
        queries: [query(max(gauge('omninode_mesh_targets', ofInstance), 'health'), '{{health}}')],
      }),
      lines({
        title: 'Share of targets without fresh data',
        description: 'When it is nearly all, it is we who are blind.',
        unit: unit.share,
        max: 1,
        levels: levelsOf('WeAreBlind'),
        alerts: ['WeAreBlind'],
        queries: [query(max(gauge('omninode_mesh_targets_silent_ratio', ofInstance)), 'silent')],
      }),
    ),
  ],
};
