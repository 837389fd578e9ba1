import { defineFamily } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import { arrivalsMemorySchema, countArrivals } from '../offsets/arrivals-memory.js';
import { spanOf } from '../offsets/span.js';
import { canSeeTopics, countsOf, grantOf, isRefusal, silenceOf } from '../sweep/missing.js';
import { isUnderReplicated } from '../sweep/partitions.js';
import type { KafkaQuery, SettingsPart, SweepParts } from '../sweep/sweep-parts.js';
import { own } from '../offsets/own.js';

type Reply = Pick<SweepParts, 'metadata' | 'settings' | 'offsets'>;

/** Topics: their partitions, and what arrives at them. Nothing of a record is read. */
export const topics = defineFamily<KafkaQuery, Reply>()({
  name: 'topics',
  lane: 'medium',
  maxLabelSets: 10_000,
  metrics: {
    omninode_kafka_topics: gauge('topics', 'Topics that are watched. Absent when the login can see none.'),
    omninode_kafka_topics_left_out: gauge(
      'topics',
      'Topics that are selected and not watched, because of the cap on their number.',
    ),
    omninode_kafka_topic_partitions: gauge('partitions', 'Partitions of the topic.', ['topic']),
    omninode_kafka_topic_partitions_without_leader: gauge('partitions', 'Partitions of the topic without a leader.', [
      'topic',
    ]),
    omninode_kafka_topic_partitions_under_replicated: gauge(
      'partitions',
      'Partitions of the topic with fewer replicas in sync than they should have.',
      ['topic'],
    ),
    omninode_kafka_topic_partitions_under_min_isr: gauge(
      'partitions',
      'Partitions with fewer replicas in sync than min.insync.replicas: producers that want all acknowledgements are refused. Absent without the right DescribeConfigs.',
      ['topic'],
    ),
    omninode_kafka_topic_throughput_messages_total: counter(
      'messages',
      'Messages that arrived, as end offsets tell it, across restarts of ours and of the topic: what was there at the first sight is not counted, the marks of transactions are.',
      ['topic'],
    ),
    omninode_kafka_topic_messages: gauge(
      'messages',
      'Offsets between the oldest record and the end. In a compacted topic fewer records are there. Absent when not all partitions could be read.',
      ['topic'],
    ),
    omninode_kafka_topic_open_transaction_messages: gauge(
      'messages',
      'Offsets from the oldest open transaction to the end: readers of committed records wait for it. Lasting values mean a transaction that hangs. Absent when not all partitions could be read.',
      ['topic'],
    ),
  },
  events: {
    'kafka.topic_recreated': {
      meaning: 'A topic was deleted and made anew since the pass before.',
      attributes: { topic: 'Its name.' },
    },
  },

  query: ['metadata', 'settings', 'offsets'],

  parseMemory: (json) => arrivalsMemorySchema.safeParse(json).data,

  toMeasurements({ metadata, settings, offsets }, record, { atMs, memory }) {
    const selected = new Set(metadata.selected);
    const watched = metadata.topics.filter(({ name }) => selected.has(name));
    const present = new Set(metadata.brokers.map(({ id }) => id));
    record.omninode_kafka_topics(canSeeTopics(metadata) ? watched.length : null);
    record.omninode_kafka_topics_left_out(metadata.leftOut);
    const ends = watched.map(({ name, id }) => ({ name, id, ends: own(offsets.topics, name)?.ends ?? [] }));
    const { fingerprint } = metadata;
    const seesAll = metadata.leftOut === 0 && canSeeTopics(metadata);
    const counted = countArrivals(memory, { atMs, fingerprint, seesAll, topics: ends });

    for (const { name: topic, partitions } of watched) {
      record.omninode_kafka_topic_partitions(partitions.length, { topic });
      record.omninode_kafka_topic_partitions_without_leader(
        partitions.filter(({ leader }) => !present.has(leader)).length,
        { topic },
      );
      record.omninode_kafka_topic_partitions_under_replicated(partitions.filter(isUnderReplicated).length, { topic });
      const { minInSync } = own(settings.topics, topic) ?? {};
      record.omninode_kafka_topic_partitions_under_min_isr(
        minInSync === undefined ? null : partitions.filter(({ inSync }) => inSync.length < minInSync).length,
        { topic },
      );
      const arrivals = counted.of.get(topic);
      if (arrivals) record.omninode_kafka_topic_throughput_messages_total(arrivals.total, { topic }, arrivals.sinceMs);
      const of = own(offsets.topics, topic);
      record.omninode_kafka_topic_messages(of && spanOf(of.starts, of.ends), { topic });
      record.omninode_kafka_topic_open_transaction_messages(of && spanOf(of.stable, of.ends), { topic });
    }
    for (const topic of counted.recreated) record.event('kafka.topic_recreated', { topic });
    const problem = problemOf(metadata, settings, offsets);
    if (problem) record.report(...problem);
    return counted.memory;
  },
});

function problemOf(
  { topics: visible, user, leftOut }: SweepParts['metadata'],
  settings: SettingsPart,
  { silent, refused }: SweepParts['offsets'],
): ['degraded' | 'permission', string] | undefined {
  const silence = silenceOf(silent, 'offsets of partitions that are led there are');
  if (silence) return ['degraded', silence];
  if (visible.length === 0 && user !== undefined)
    return [
      'permission',
      `No topic can be seen: there is none, or the login may describe none. ${grantOf(user, 'Describe', "--topic '*'")}`,
    ];
  if (Object.keys(refused).some((code) => isRefusal(Number(code))))
    return [
      'permission',
      `The login may not see the offsets of all topics. ${grantOf(user, 'Describe', "--topic '*'")}`,
    ];
  if (settings.refused > 0)
    return [
      'permission',
      `The login may not see min.insync.replicas of ${settings.refused} topics. ${grantOf(user, 'DescribeConfigs', "--topic '*'")}`,
    ];
  if (Object.keys(refused).length > 0)
    return ['degraded', `Some partitions could not be read (${countsOf(refused)}): mostly their leader just moved.`];
  if (leftOut > 0)
    return [
      'degraded',
      `${leftOut} topics are not watched. Narrow collectors.kafka.topics.include, or raise collectors.kafka.topics.max.`,
    ];
  return undefined;
}
