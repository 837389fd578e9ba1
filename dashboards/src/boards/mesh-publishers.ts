import { charts, type Row } from '../board.js';
import { lines } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, sum } from '../promql/expression.js';
import { chosen, noneOf } from '../promql/selector.js';
import { gauge, rate } from '../promql/series.js';
import { ofService } from './either.js';

const ofInstance = { instance: chosen('instance') };

/** Whoever sends to the bus: collectors, services with the client, and what came over HTTP. */
export const publishers: Row = {
  title: 'Publishers and spools',
  lines: [
    charts(
      lines({
        title: 'Values sent',
        description: 'In records that the bus has acknowledged.',
        unit: unit.perSecond,
        queries: [
          query(sum(rate('omninode_mesh_publisher_sent_points_total', ofService), 'service_name'), '{{service_name}}'),
        ],
      }),
      lines({
        title: 'Records that wait in memory',
        description: 'The bus has not acknowledged them.',
        unit: unit.count,
        queries: [
          query(sum(gauge('omninode_mesh_publisher_queued_records', ofService), 'service_name'), '{{service_name}}'),
        ],
      }),
      lines({
        title: 'Spools',
        description: 'What waits on disk for the bus. It grows while the bus is away, and shrinks when it is back.',
        unit: unit.bytes,
        queries: [
          query(max(gauge('omninode_mesh_publisher_spool_bytes', ofService), 'service_name'), '{{service_name}}'),
        ],
      }),
    ),
    charts(
      lines({
        title: 'Records sent again, spooled and replayed',
        description: 'None of them is lost.',
        unit: unit.perSecond,
        queries: [
          query(
            sum(rate('omninode_mesh_publisher_retried_records_total', ofService), 'service_name'),
            '{{service_name}} sent again',
          ),
          query(
            sum(rate('omninode_mesh_publisher_spooled_records_total', ofService), 'service_name'),
            '{{service_name}} spooled',
          ),
          query(
            sum(rate('omninode_mesh_publisher_replayed_records_total', ofService), 'service_name'),
            '{{service_name}} replayed',
          ),
        ],
      }),
      lines({
        title: 'Records and values that are lost',
        description: 'By the reason. Absent while none is lost; values that were not taken are counted beside.',
        unit: unit.perSecond,
        alerts: ['PublisherDropsRecords'],
        queries: [
          query(
            sum(rate('omninode_mesh_publisher_dropped_records_total', ofService), 'service_name', 'code'),
            '{{service_name}} {{code}}',
          ),
          query(
            sum(rate('omninode_mesh_publisher_ignored_points_total', ofService), 'service_name'),
            '{{service_name}} values not taken',
          ),
        ],
      }),
      lines({
        title: 'Measurements over HTTP',
        description: 'Requests by what became of them.',
        unit: unit.requestsPerSecond,
        queries: [
          query(
            sum(rate('omninode_mesh_intake_requests_total', { ...ofInstance, outcome: 'accepted' }), 'outcome'),
            '{{outcome}}',
          ),
          query(
            sum(rate('omninode_mesh_intake_requests_total', { ...ofInstance, outcome: noneOf('accepted') }), 'outcome'),
            '{{outcome}}',
          ),
        ],
      }),
    ),
  ],
};
