import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import { protocolErrorName } from '@omninode/kafka-link';
import { z } from 'zod';
import { canSeeTopics, grantOf, isRefusal, silenceOf } from '../sweep/missing.js';
import { isUnderReplicated } from '../sweep/partitions.js';
import type { KafkaQuery, MetadataPart, QuorumPart, SweepParts } from '../sweep/sweep-parts.js';

type Reply = Pick<SweepParts, 'metadata' | 'probes' | 'quorum'>;

const memorySchema = z.object({ clusterId: z.string().nullable(), leaderId: z.number().optional() });

/** Voters that lag behind the leading controller by more than this are no help when it is gone. */
const votersMayLagMs = 10_000;

/**
 * Brokers, controllers, and what of all partitions is in danger. Metadata is what a broker remembers: when the controllers have
 * no majority it goes on telling the last state, without an error. So brokers are probed, and the quorum is asked for itself.
 */
export const cluster = defineFamily<KafkaQuery, Reply>()({
  name: 'cluster',
  lane: 'fast',
  metrics: {
    omninode_kafka_brokers: gauge('brokers', 'Brokers that the metadata of the cluster tells.'),
    omninode_kafka_brokers_missing: gauge(
      'brokers',
      'Brokers that hold replicas and are not in the metadata: they are down or cut off from the controllers. Absent when the login can see no topic.',
    ),
    omninode_kafka_broker_up: gauge('boolean', 'Whether a broker of the metadata answered us in this pass.', [
      'broker',
    ]),
    omninode_kafka_broker_probe_seconds: gauge(
      'seconds',
      'How long a broker took to answer the smallest question, a connect included where one was needed. Absent when it did not answer.',
      ['broker'],
    ),
    omninode_kafka_quorum_available: gauge(
      'boolean',
      'Whether the controllers have a leader that answers: without one no topic, leader or setting can change. Absent without KRaft, and without the right to ask.',
    ),
    omninode_kafka_quorum_voters: gauge(
      'voters',
      'Controllers that elect the leading one. Absent while it is not known.',
    ),
    omninode_kafka_quorum_voters_behind: gauge(
      'voters',
      'Controllers that are more than 10 s behind the leading one. Absent before Kafka 3.3, and while it is not known.',
    ),
    omninode_kafka_partitions: gauge(
      'partitions',
      'Partitions that the login may see, of all topics. Absent when it can see none.',
    ),
    omninode_kafka_partitions_without_leader: gauge(
      'partitions',
      'Partitions without a leader: nobody can write to them or read from them. Absent when the login can see no topic.',
    ),
    omninode_kafka_partitions_under_replicated: gauge(
      'partitions',
      'Partitions with fewer replicas in sync than they should have. Absent when the login can see no topic.',
    ),
  },
  events: {
    'kafka.controller_changed': {
      meaning: 'Another controller leads than in the pass before.',
      attributes: { from: 'Node id of the one before.', to: 'Node id of the one that leads now.' },
    },
    'kafka.cluster_replaced': {
      meaning: 'Another cluster answers at these addresses than in the pass before.',
      attributes: { from: 'Id of the cluster before.', to: 'Id of the one that answers now.' },
    },
  },

  query: ['metadata', 'probes', 'quorum'],

  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements({ metadata, probes, quorum }, record, { memory }) {
    const partitions = metadata.topics.flatMap((topic) => topic.partitions);
    const present = new Set(metadata.brokers.map(({ id }) => id));
    const holders = new Set(partitions.flatMap(({ replicas }) => replicas));
    record.omninode_kafka_brokers(present.size);
    if (canSeeTopics(metadata)) {
      record.omninode_kafka_brokers_missing([...holders].filter((broker) => !present.has(broker)).length);
      record.omninode_kafka_partitions(partitions.length);
      record.omninode_kafka_partitions_without_leader(partitions.filter(({ leader }) => !present.has(leader)).length);
      record.omninode_kafka_partitions_under_replicated(partitions.filter(isUnderReplicated).length);
    }
    for (const { broker, answerMs } of probes) {
      record.omninode_kafka_broker_up(answerMs === undefined ? 0 : 1, { broker: String(broker) });
      record.omninode_kafka_broker_probe_seconds(answerMs === undefined ? null : answerMs / 1000, {
        broker: String(broker),
      });
    }

    const isLost = quorum.state === 'silent' || (quorum.state === 'answered' && isWithoutLeader(quorum));
    const problem = problemOf(metadata, probes, quorum, isLost);
    if (problem) record.report(...problem);

    const isTold = quorum.state === 'answered' && quorum.errorCode === 0;
    record.omninode_kafka_quorum_available(isLost ? 0 : isTold ? 1 : null);
    if (isTold && !isLost) {
      record.omninode_kafka_quorum_voters(quorum.voters.length);
      record.omninode_kafka_quorum_voters_behind(votersBehind(quorum));
    }

    const leaderId = isTold && !isLost ? quorum.leaderId : memory?.leaderId;
    if (memory?.leaderId !== undefined && leaderId !== undefined && memory.leaderId !== leaderId)
      record.event('kafka.controller_changed', { from: memory.leaderId, to: leaderId });
    const { clusterId } = metadata;
    if (memory && memory.clusterId !== clusterId)
      record.event('kafka.cluster_replaced', { from: memory.clusterId ?? '', to: clusterId ?? '' });
    return { clusterId, ...(leaderId !== undefined && { leaderId }) };
  },
});

type AnsweredQuorum = Extract<QuorumPart, { state: 'answered' }>;

/** A refusal is not a loss; any other error comes from a broker that found no leader to pass the question to. */
function isWithoutLeader({ errorCode, leaderId }: AnsweredQuorum): boolean {
  return errorCode === 0 ? leaderId < 0 : !isRefusal(errorCode);
}

function votersBehind({ voters, leaderId }: AnsweredQuorum): number | null {
  const leader = voters.find(({ id }) => id === leaderId);
  if (!leader || leader.caughtUpAtMs < 0) return null;
  return voters.filter(({ caughtUpAtMs }) => leader.caughtUpAtMs - caughtUpAtMs > votersMayLagMs).length;
}

function problemOf(
  { user }: MetadataPart,
  probes: SweepParts['probes'],
  quorum: QuorumPart,
  isLost: boolean,
): ['degraded' | 'permission', string] | undefined {
  const lost = isLost
    ? 'The controllers have no leader that answers: see that a majority of them runs. Until then what brokers tell of leaders and replicas may be old.'
    : undefined;
  const silent = probes.flatMap(({ broker, code }) => (code === undefined ? [] : [{ broker, code }]));
  const silence = silenceOf(silent, 'what is held there may be');
  if (lost ?? silence) return ['degraded', [lost, silence].filter(Boolean).join(' ')];
  if (quorum.state !== 'answered' || quorum.errorCode === 0) return undefined;
  const name = protocolErrorName(quorum.errorCode);
  return ['permission', `The login may not see the controllers (${name}). ${grantOf(user, 'Describe', '--cluster')}`];
}
