import { levelsOf } from '../alert-rules.js';
import { charts, numbers, type Board } from '../board.js';
import { lines, stat, table } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, sum } from '../promql/expression.js';
import { chosen, noneOf, oneOf } from '../promql/selector.js';
import { gauge, increase } from '../promql/series.js';

const ofInstance = { instance: chosen('instance') };
const firing = { ...ofInstance, condition: oneOf('firing', 'keepFiring', 'flapping') };

export const alerts: Board = {
  name: 'alerts',
  title: 'Alerts',
  description:
    'The alerts of the mesh, which evaluates its rules in the stream, and those of the same rules as Prometheus evaluates them.',
  choices: [{ variable: 'instance', metric: 'omninode_mesh_partitions_owned' }],
  rows: [
    {
      title: 'Alerts of the mesh',
      lines: [
        numbers(
          stat({
            title: 'Firing',
            description:
              'Those that stay for a while after their cause is gone, and those that come and go, are among them.',
            unit: unit.count,
            levels: { warning: 1 },
            queries: [query(sum(gauge('omninode_mesh_alert_instances', firing)), 'alerts')],
          }),
          stat({
            title: 'Pending',
            description: 'Their condition holds, but not for long enough.',
            unit: unit.count,
            queries: [
              query(sum(gauge('omninode_mesh_alert_instances', { ...ofInstance, condition: 'pending' })), 'alerts'),
            ],
          }),
          stat({
            title: 'Without data',
            description: 'No verdict is possible: not fine, but unknown.',
            unit: unit.count,
            queries: [
              query(sum(gauge('omninode_mesh_alert_instances', { ...ofInstance, condition: 'noData' })), 'alerts'),
            ],
          }),
          stat({
            title: 'Rules in force',
            description: 'The same for every aggregator.',
            unit: unit.count,
            queries: [query(max(gauge('omninode_mesh_alert_rules', ofInstance)), 'rules')],
          }),
          stat({
            title: 'Mistakes in rule files',
            description: 'Above 0 the rules from before are in force.',
            unit: unit.count,
            levels: levelsOf('AlertRulesRejected'),
            alerts: ['AlertRulesRejected'],
            queries: [query(max(gauge('omninode_mesh_alert_rule_problems', ofInstance)), 'mistakes')],
          }),
          stat({
            title: 'Alerts without room',
            description: 'They are not watched.',
            unit: unit.count,
            levels: { warning: 1 },
            queries: [query(sum(gauge('omninode_mesh_alert_instances_refused', ofInstance)), 'alerts')],
          }),
        ),
        charts(
          lines({
            title: 'Alerts by condition',
            description: 'Inactive ones are not shown.',
            unit: unit.count,
            isStacked: true,
            queries: [
              query(
                sum(
                  gauge('omninode_mesh_alert_instances', { ...ofInstance, condition: noneOf('inactive') }),
                  'condition',
                ),
                '{{condition}}',
              ),
            ],
          }),
          lines({
            title: 'Transitions',
            description: 'In ten minutes, by what the alert became.',
            unit: unit.count,
            queries: [
              query(sum(increase('omninode_mesh_alert_transitions_total', ofInstance, '10m'), 'state'), '{{state}}'),
            ],
          }),
          lines({
            title: 'Transitions that nobody was told',
            description:
              'Not on the alert topic yet, given up for newer ones of the same alert, and evaluations that failed.',
            unit: unit.count,
            queries: [
              query(sum(gauge('omninode_mesh_alert_transitions_unpublished', ofInstance)), 'not published yet'),
              query(
                sum(increase('omninode_mesh_alert_transitions_superseded_total', ofInstance, '10m')),
                'given up in ten minutes',
              ),
              query(sum(increase('omninode_mesh_alert_failures_total', ofInstance, '10m')), 'failed in ten minutes'),
            ],
          }),
        ),
      ],
    },
    {
      title: 'Notifications',
      lines: [
        charts(
          lines({
            title: 'Messages to receivers',
            description: 'Tries in ten minutes: sent, failed and tried again, refused and tried again rarely.',
            unit: unit.count,
            queries: [
              query(
                sum(increase('omninode_mesh_notifications_total', ofInstance, '10m'), 'receiver', 'outcome'),
                '{{receiver}} {{outcome}}',
              ),
            ],
          }),
          lines({
            title: 'Receivers overdue',
            description: 'For how long a receiver has not taken what it should.',
            unit: unit.seconds,
            levels: levelsOf('NotificationsFailing'),
            alerts: ['NotificationsFailing'],
            queries: [
              query(max(gauge('omninode_mesh_receiver_overdue_seconds', ofInstance), 'receiver'), '{{receiver}}'),
            ],
          }),
          lines({
            title: 'Waiting to be told',
            description: 'Changes of alerts that are due: more than a few for long, and a receiver is away.',
            unit: unit.count,
            queries: [query(sum(gauge('omninode_mesh_notifications_waiting', ofInstance), 'receiver'), '{{receiver}}')],
          }),
          lines({
            title: 'Processes that send',
            description: 'One for each receiver; 0 for longer than a session of the group, and nobody is told.',
            unit: unit.count,
            queries: [
              query(sum(gauge('omninode_mesh_notifications_is_leader', ofInstance), 'receiver'), '{{receiver}}'),
            ],
          }),
        ),
      ],
    },
    {
      title: 'Alerts of Prometheus',
      lines: [
        charts(
          table({
            title: 'Firing now',
            description: 'Of the rules in dashboards/prometheus, where Prometheus has them.',
            unit: unit.count,
            queries: [
              query(
                max(
                  gauge('ALERTS', { alertstate: 'firing' }),
                  'alertname',
                  'severity',
                  'target',
                  'service_name',
                  'component',
                ),
                '{{alertname}}',
              ),
            ],
            values: [''],
          }),
          lines({
            title: 'Alerts by name',
            description: 'How many of each are pending or firing.',
            unit: unit.count,
            isStacked: true,
            queries: [query(sum(gauge('ALERTS'), 'alertname', 'alertstate'), '{{alertname}} {{alertstate}}')],
          }),
        ),
      ],
    },
  ],
};
