import { levelsOf } from '../alert-rules.js';
import { charts, numbers, type Board } from '../board.js';
import { oneIsGood } from '../panels/mappings.js';
import { lines, stat, states, table } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, min, only, ratio, sum } from '../promql/expression.js';
import { gauge, increase, rate } from '../promql/series.js';
import { ofTarget } from './either.js';
import { standStill } from './kafka-signals.js';
import { clients } from './kafka-clients.js';

export const kafka: Board = {
  name: 'kafka',
  title: 'Kafka',
  description:
    'Clusters, topics, consumer groups that stand still, dead letters, and the producers and consumers of services.',
  choices: [
    { variable: 'target', metric: 'omninode_kafka_brokers' },
    { variable: 'service', metric: 'omninode_kafka_client_connected' },
  ],
  rows: [
    {
      title: 'Clusters',
      lines: [
        numbers(
          stat({
            title: 'Brokers missing',
            description: 'They hold replicas and are not in the metadata.',
            unit: unit.count,
            levels: levelsOf('KafkaBrokersMissing'),
            alerts: ['KafkaBrokersMissing'],
            queries: [query(max(gauge('omninode_kafka_brokers_missing', ofTarget), 'target'), '{{target}}')],
          }),
          stat({
            title: 'Partitions without a leader',
            description: 'Nobody can write to them or read from them.',
            unit: unit.count,
            levels: levelsOf('KafkaPartitionsWithoutLeader'),
            alerts: ['KafkaPartitionsWithoutLeader'],
            queries: [query(max(gauge('omninode_kafka_partitions_without_leader', ofTarget), 'target'), '{{target}}')],
          }),
          stat({
            title: 'Under-replicated partitions',
            description: 'The next broker that fails may take their messages along.',
            unit: unit.count,
            levels: levelsOf('KafkaPartitionsUnderReplicated'),
            alerts: ['KafkaPartitionsUnderReplicated'],
            queries: [
              query(max(gauge('omninode_kafka_partitions_under_replicated', ofTarget), 'target'), '{{target}}'),
            ],
          }),
          stat({
            title: 'Groups that stand still',
            description: 'They have messages to read, and for five minutes committed nothing.',
            unit: unit.count,
            levels: levelsOf('ConsumerGroupStalled'),
            alerts: ['ConsumerGroupStalled'],
            queries: [query(sum(standStill, 'target'), '{{target}}')],
          }),
          stat({
            title: 'Dead letters in an hour',
            description: 'Messages that nobody could read or process.',
            unit: unit.count,
            levels: { warning: 1 },
            alerts: ['DeadLetters'],
            queries: [
              query(sum(increase('omninode_dead_letter_messages_total', ofTarget, '1h'), 'target'), '{{target}}'),
            ],
          }),
          stat({
            title: 'Room on the fullest volume',
            description: 'Of the broker that has least.',
            unit: unit.share,
            levels: { warning: 0.2, critical: 0.1, worse: 'below' },
            queries: [
              query(
                min(
                  ratio(
                    gauge('omninode_kafka_broker_volume_usable_bytes', ofTarget),
                    gauge('omninode_kafka_broker_volume_total_bytes', ofTarget),
                  ),
                  'target',
                ),
                '{{target}}',
              ),
            ],
          }),
        ),
        charts(
          states({
            title: 'Brokers',
            description: 'Whether each broker of the metadata answers.',
            unit: unit.count,
            mappings: oneIsGood('does not answer', 'answers'),
            queries: [
              query(max(gauge('omninode_kafka_broker_up', ofTarget), 'target', 'broker'), '{{target}} {{broker}}'),
            ],
          }),
          lines({
            title: 'Answer time of brokers',
            description: 'Of the smallest question.',
            unit: unit.seconds,
            queries: [
              query(
                max(gauge('omninode_kafka_broker_probe_seconds', ofTarget), 'target', 'broker'),
                '{{target}} {{broker}}',
              ),
            ],
          }),
          lines({
            title: 'Size of logs',
            description: 'Of topics, with all their replicas.',
            unit: unit.bytes,
            isStacked: true,
            queries: [
              query(
                max(gauge('omninode_kafka_topic_replica_log_bytes', ofTarget), 'target', 'topic'),
                '{{target}} {{topic}}',
              ),
            ],
          }),
        ),
      ],
    },
    {
      title: 'Topics and consumer groups',
      lines: [
        charts(
          lines({
            title: 'Messages that arrive',
            description: 'As end offsets tell it.',
            unit: unit.messagesPerSecond,
            queries: [
              query(
                sum(rate('omninode_kafka_topic_throughput_messages_total', ofTarget), 'target', 'topic'),
                '{{target}} {{topic}}',
              ),
            ],
          }),
          lines({
            title: 'Messages that groups get past',
            description: 'As their commits tell it.',
            unit: unit.messagesPerSecond,
            queries: [
              query(
                sum(
                  rate('omninode_kafka_consumer_group_throughput_messages_total', ofTarget),
                  'target',
                  'group',
                  'topic',
                ),
                '{{target}} {{group}} {{topic}}',
              ),
            ],
          }),
          table({
            title: 'Consumer groups',
            description: 'What holds of each group now: ok, idle (all is read), stalled, stopped, never_committed.',
            unit: unit.count,
            alerts: ['ConsumerGroupStalled'],
            queries: [
              query(
                only(max(gauge('omninode_kafka_consumer_group_verdict', ofTarget), 'target', 'group', 'verdict'), 1),
                '{{group}}',
              ),
              query(max(gauge('omninode_kafka_consumer_group_members', ofTarget), 'target', 'group'), '{{group}}'),
              query(sum(gauge('omninode_kafka_consumer_group_lag_messages', ofTarget), 'target', 'group'), '{{group}}'),
            ],
            values: ['', 'Members', 'Lag'],
          }),
        ),
        charts(
          lines({
            title: 'Lag in messages',
            description: 'Between what the group committed and the ends of the partitions.',
            unit: unit.count,
            alerts: ['ConsumerLag'],
            queries: [
              query(
                sum(gauge('omninode_kafka_consumer_group_lag_messages', ofTarget), 'target', 'group', 'topic'),
                '{{target}} {{group}} {{topic}}',
              ),
            ],
          }),
          lines({
            title: 'Lag in time',
            description: 'How long ago the oldest message that is not committed arrived.',
            unit: unit.seconds,
            levels: levelsOf('ConsumerLag'),
            alerts: ['ConsumerLag'],
            queries: [
              query(
                max(gauge('omninode_kafka_consumer_group_lag_seconds', ofTarget), 'target', 'group', 'topic'),
                '{{target}} {{group}} {{topic}}',
              ),
            ],
          }),
          lines({
            title: 'Messages that retention took before the group',
            description: 'They are lost to it.',
            unit: unit.count,
            levels: { critical: 1 },
            queries: [
              query(
                sum(gauge('omninode_kafka_consumer_group_expired_messages', ofTarget), 'target', 'group', 'topic'),
                '{{target}} {{group}} {{topic}}',
              ),
            ],
          }),
        ),
      ],
    },
    {
      title: 'Dead letters',
      lines: [
        charts(
          lines({
            title: 'Dead letters that arrive',
            description: 'By topic.',
            unit: unit.messagesPerSecond,
            alerts: ['DeadLetters'],
            queries: [
              query(
                sum(rate('omninode_dead_letter_messages_total', ofTarget), 'target', 'topic'),
                '{{target}} {{topic}}',
              ),
            ],
          }),
          lines({
            title: 'Dead letters that lie there',
            description: 'Until retention takes them or somebody sends them again.',
            unit: unit.count,
            queries: [
              query(
                max(gauge('omninode_kafka_dead_letter_backlog_messages', ofTarget), 'target', 'topic'),
                '{{target}} {{topic}}',
              ),
            ],
          }),
          lines({
            title: 'Age of the oldest dead letter',
            description: 'Absent when there is none.',
            unit: unit.seconds,
            queries: [
              query(
                max(gauge('omninode_kafka_dead_letter_oldest_seconds', ofTarget), 'target', 'topic'),
                '{{target}} {{topic}}',
              ),
            ],
          }),
        ),
      ],
    },
    clients,
  ],
};
