import { charts, type Row } from '../board.js';
import { lines, states } from '../panels/panel.js';
import { oneIsGood } from '../panels/mappings.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, ratio, sum } from '../promql/expression.js';
import { gauge, observed, observedSum, quantile, rate } from '../promql/series.js';
import { ofService } from './either.js';
import { messagesFailed, messagesSent } from './kafka-signals.js';

/** Producers and consumers, as services with the client tell of theirs. */
export const clients: Row = {
  title: 'Producers and consumers of services',
  lines: [
    charts(
      lines({
        title: 'Messages sent',
        description: 'Those that brokers acknowledged, and those of sends that failed.',
        unit: unit.messagesPerSecond,
        alerts: ['ProducerFailures'],
        queries: [
          query(messagesSent, '{{service_name}} {{topic}}'),
          query(messagesFailed, '{{service_name}} {{topic}} failed'),
        ],
      }),
      lines({
        title: 'Time to send, P95',
        description: 'Until the brokers acknowledged, or the send failed.',
        unit: unit.seconds,
        queries: [
          query(
            quantile(0.95, 'omninode_kafka_producer_send_seconds', ofService, 'service_name', 'client'),
            '{{service_name}} {{client}}',
          ),
        ],
      }),
      lines({
        title: 'Messages in a send',
        description: 'On average: more of them cost less.',
        unit: unit.count,
        queries: [
          query(
            ratio(
              sum(observedSum('omninode_kafka_producer_batch_size_messages', ofService), 'service_name', 'client'),
              sum(observed('omninode_kafka_producer_batch_size_messages', ofService), 'service_name', 'client'),
            ),
            '{{service_name}} {{client}}',
          ),
        ],
      }),
    ),
    charts(
      lines({
        title: 'Messages handled',
        description: 'By consumers.',
        unit: unit.messagesPerSecond,
        queries: [
          query(
            sum(rate('omninode_kafka_consumer_messages_total', ofService), 'service_name', 'client', 'topic'),
            '{{service_name}} {{client}} {{topic}}',
          ),
        ],
      }),
      lines({
        title: 'Time to handle a batch, P95',
        description: 'A batch that takes longer than the session lets the group share its partitions out anew.',
        unit: unit.seconds,
        queries: [
          query(
            quantile(0.95, 'omninode_kafka_consumer_processing_seconds', ofService, 'service_name', 'client'),
            '{{service_name}} {{client}}',
          ),
        ],
      }),
      lines({
        title: 'Rebalances and timeouts',
        description:
          'How often groups shared their partitions out anew, and requests that brokers did not answer in time.',
        unit: unit.perSecond,
        queries: [
          query(
            sum(rate('omninode_kafka_consumer_rebalances_total', ofService), 'service_name', 'client'),
            '{{service_name}} {{client}} rebalances',
          ),
          query(
            sum(rate('omninode_kafka_client_request_timeouts_total', ofService), 'service_name', 'client'),
            '{{service_name}} {{client}} timeouts',
          ),
        ],
      }),
    ),
    charts(
      states({
        title: 'Connected',
        description: 'Whether producers and consumers are connected.',
        unit: unit.count,
        mappings: oneIsGood('not connected', 'connected'),
        queries: [
          query(
            max(gauge('omninode_kafka_client_connected', ofService), 'service_name', 'client'),
            '{{service_name}} {{client}}',
          ),
        ],
      }),
      lines({
        title: 'Answer time of brokers, P95',
        description: 'By kind of request. Fetch waits for messages.',
        unit: unit.seconds,
        queries: [
          query(
            quantile(0.95, 'omninode_kafka_client_request_seconds', ofService, 'service_name', 'api'),
            '{{service_name}} {{api}}',
          ),
        ],
      }),
    ),
  ],
};
