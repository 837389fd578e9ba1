import { defineFamily } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import type { KafkaQuery, SweepParts } from '../sweep/sweep-parts.js';

type Reply = Pick<SweepParts, 'cost'>;

/** What looking costs the cluster. It is the last family of its lane, so the sweep that it tells of is that of the others. */
export const sweepCost = defineFamily<KafkaQuery, Reply>()({
  name: 'sweep-cost',
  lane: 'medium',
  metrics: {
    omninode_kafka_sweep_requests: gauge(
      'requests',
      'Requests that the sweep over topics, groups and dead letters took.',
    ),
    omninode_kafka_sweep_seconds: gauge('seconds', 'How long the sweep took, our own work included.'),
    omninode_kafka_sweep_received_bytes: gauge('bytes', 'What the brokers sent for the sweep.'),
    omninode_kafka_requests_total: counter(
      'requests',
      'Requests that we sent, by name, since the connections were made anew, all families and handshakes included.',
      ['request'],
    ),
  },

  query: ['cost'],

  toMeasurements({ cost }, record) {
    record.omninode_kafka_sweep_requests(cost.sweepRequests);
    record.omninode_kafka_sweep_seconds(cost.sweepMs / 1000);
    record.omninode_kafka_sweep_received_bytes(cost.sweepReceivedBytes);
    for (const [request, count] of Object.entries(cost.requests))
      record.omninode_kafka_requests_total(count, { request }, cost.sinceMs);
  },
});
