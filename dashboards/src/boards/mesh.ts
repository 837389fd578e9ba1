import { charts, numbers, type Board } from '../board.js';
import { lines, stat, table } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, sum, topk } from '../promql/expression.js';
import { chosen, noneOf } from '../promql/selector.js';
import { gauge, increase, rate } from '../promql/series.js';
import { ofTarget } from './either.js';
import { history } from './mesh-history.js';
import { publishers } from './mesh-publishers.js';
import { whole } from './mesh-whole.js';

const ofInstance = { instance: chosen('instance') };

export const mesh: Board = {
  name: 'mesh',
  title: 'The mesh itself',
  description: 'Whether what is sent arrives, how far behind the aggregators are, and what watching costs.',
  choices: [
    { variable: 'instance', metric: 'omninode_mesh_partitions_owned' },
    { variable: 'target', metric: 'omninode_collector_target_up' },
    { variable: 'service', metric: 'omninode_mesh_publisher_sent_records_total' },
  ],
  rows: [
    {
      title: 'Ledger',
      lines: [
        numbers(
          stat({
            title: 'Records missing',
            description: 'Producers sent them, and they never came.',
            unit: unit.count,
            levels: { critical: 1 },
            alerts: ['LedgerNotClosed'],
            queries: [query(sum(gauge('omninode_mesh_records_missing', ofInstance)), 'missing')],
          }),
          stat({
            title: 'Records dropped by producers',
            description: 'As they say themselves: their memory and their spool were full.',
            unit: unit.count,
            levels: { warning: 1 },
            queries: [query(sum(gauge('omninode_mesh_records_dropped', ofInstance)), 'dropped')],
          }),
          stat({
            title: 'Dead letters of the mesh',
            description: 'Records that no aggregator could read, in the time shown.',
            unit: unit.count,
            levels: { warning: 1 },
            alerts: ['MeasurementsDeadLettered'],
            queries: [
              query(
                sum(increase('omninode_mesh_records_total', { ...ofInstance, outcome: 'dead_lettered' }, '$__range')),
                'dead letters',
              ),
            ],
          }),
          stat({
            title: 'Lag',
            description: 'Records that are on the bus and not read yet.',
            unit: unit.count,
            levels: { warning: 10_000 },
            queries: [query(sum(gauge('omninode_mesh_records_lag', ofInstance)), 'records')],
          }),
          stat({
            title: 'Partitions owned',
            description: 'By all aggregators: as many as the measurement topic has, or somebody is missing.',
            unit: unit.count,
            queries: [query(sum(gauge('omninode_mesh_partitions_owned', ofInstance)), 'partitions')],
          }),
          stat({
            title: 'Series without room',
            description: 'The limits left none for them.',
            unit: unit.count,
            levels: { warning: 1 },
            queries: [query(sum(gauge('omninode_mesh_series', { ...ofInstance, state: 'refused' })), 'series')],
          }),
        ),
        charts(
          lines({
            title: 'Records by what became of them',
            description: 'received = applied + duplicate + fenced + dead-lettered + skipped.',
            unit: unit.perSecond,
            isStacked: true,
            queries: [query(sum(rate('omninode_mesh_records_total', ofInstance), 'outcome'), '{{outcome}}')],
          }),
          lines({
            title: 'Lag of each aggregator',
            description: 'Records that are on the bus and not read yet.',
            unit: unit.count,
            queries: [query(max(gauge('omninode_mesh_records_lag', ofInstance), 'instance'), '{{instance}}')],
          }),
          lines({
            title: 'Values that changed nothing',
            description: 'Late, no finite number or from the future, and those of series without room.',
            unit: unit.perSecond,
            queries: [
              query(sum(rate('omninode_mesh_points_late_total', ofInstance)), 'late'),
              query(sum(rate('omninode_mesh_points_rejected_total', ofInstance)), 'rejected'),
              query(sum(rate('omninode_mesh_points_refused_total', ofInstance)), 'without room'),
            ],
          }),
        ),
        charts(
          lines({
            title: 'Series by state',
            description: 'expired: hidden until they come back.',
            unit: unit.count,
            isStacked: true,
            queries: [query(sum(gauge('omninode_mesh_series', ofInstance), 'state'), '{{state}}')],
          }),
          lines({
            title: 'Partitions of each aggregator',
            description: 'Steps are handovers.',
            unit: unit.count,
            isStacked: true,
            queries: [query(max(gauge('omninode_mesh_partitions_owned', ofInstance), 'instance'), '{{instance}}')],
          }),
          lines({
            title: 'Counters that began anew',
            description: 'Sources that were restarted.',
            unit: unit.perSecond,
            queries: [query(sum(rate('omninode_mesh_series_resets_total', ofInstance)), 'resets')],
          }),
        ),
      ],
    },
    whole,
    publishers,
    {
      title: 'Collectors and what they cost',
      lines: [
        charts(
          lines({
            title: 'Time of a pass',
            description: 'Of the ten slowest families, waiting for the target included.',
            unit: unit.seconds,
            queries: [
              query(
                topk(10, max(gauge('omninode_collector_family_duration_seconds', ofTarget), 'target', 'family')),
                '{{target}} {{family}}',
              ),
            ],
          }),
          lines({
            title: 'Questions to targets',
            description: 'What watching costs them.',
            unit: unit.requestsPerSecond,
            queries: [
              query(sum(rate('omninode_collector_family_round_trips_total', ofTarget), 'target'), '{{target}}'),
            ],
          }),
          lines({
            title: 'Passes that did not end well',
            description: 'By status. Unsupported ones are no failure.',
            unit: unit.perSecond,
            alerts: ['FamilyFailing', 'TargetUnreachable'],
            queries: [
              query(
                sum(
                  rate('omninode_collector_family_passes_total', { ...ofTarget, status: noneOf('ok') }),
                  'target',
                  'status',
                ),
                '{{target}} {{status}}',
              ),
            ],
          }),
        ),
        charts(
          lines({
            title: 'Connections opened to targets',
            description: 'They are kept: many new ones say that something cuts them.',
            unit: unit.perSecond,
            queries: [
              query(sum(rate('omninode_collector_connections_opened_total', ofTarget), 'target'), '{{target}}'),
            ],
          }),
          lines({
            title: 'Measurements that could not be recorded',
            description: 'No numbers, or recorded twice.',
            unit: unit.perSecond,
            queries: [query(sum(rate('omninode_collector_family_failures_total', ofTarget), 'target'), '{{target}}')],
          }),
          table({
            title: 'Label sets beyond the cap',
            description: 'How many each family put into "other".',
            unit: unit.count,
            queries: [
              query(
                topk(20, max(gauge('omninode_collector_family_label_sets_cut', ofTarget), 'target', 'family')),
                '{{family}}',
              ),
            ],
            values: ['Cut'],
          }),
        ),
      ],
    },
    history,
    {
      title: 'Aggregators as processes',
      lines: [
        charts(
          lines({
            title: 'Cores used',
            description: 'By each aggregator.',
            unit: unit.count,
            queries: [query(max(rate('process_cpu_seconds_total', ofInstance), 'instance'), '{{instance}}')],
          }),
          lines({
            title: 'Memory',
            description: 'As the system sees it.',
            unit: unit.bytes,
            queries: [query(max(gauge('process_resident_memory_bytes', ofInstance), 'instance'), '{{instance}}')],
          }),
          lines({
            title: 'How late the event loop is',
            description: '99th percentile: above 0.1 s the process has too much to do.',
            unit: unit.seconds,
            levels: { warning: 0.1 },
            queries: [query(max(gauge('nodejs_eventloop_lag_p99_seconds', ofInstance), 'instance'), '{{instance}}')],
          }),
          lines({
            title: 'Time of a scrape',
            description: 'And whether Prometheus can scrape at all.',
            unit: unit.seconds,
            queries: [query(max(gauge('scrape_duration_seconds', ofInstance), 'instance'), '{{instance}}')],
          }),
        ),
      ],
    },
  ],
};
