import { max, orZero, sum } from '../promql/expression.js';
import { oneOf } from '../promql/selector.js';
import { gauge, rate } from '../promql/series.js';
import { ofService, ofTarget } from './either.js';

/** For each group 1 when it has messages to read and commits nothing; 0 when that can be judged and is not so. */
export const standStill = orZero(
  max(
    gauge('omninode_kafka_consumer_group_verdict', { ...ofTarget, verdict: oneOf('stalled', 'stopped') }),
    'target',
    'group',
  ),
  max(gauge('omninode_kafka_consumer_group_verdict', ofTarget), 'target', 'group'),
);

export const messagesSent = sum(rate('omninode_kafka_producer_messages_total', ofService), 'service_name', 'topic');

/** Of sends that failed: told from the first failure on, and 0 for topics that messages are sent to. */
export const messagesFailed = orZero(
  sum(rate('omninode_kafka_producer_failed_messages_total', ofService), 'service_name', 'topic'),
  messagesSent,
);
