import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import type { LogDir } from '@omninode/kafka-link';
import { grantOf, isRefusal, silenceOf } from '../sweep/missing.js';
import type { KafkaQuery, SweepParts } from '../sweep/sweep-parts.js';

type Reply = Pick<SweepParts, 'metadata' | 'logDirs'>;

/** How much room logs take: by topic, by broker, and what is left on the volumes. */
export const logSizes = defineFamily<KafkaQuery, Reply>()({
  name: 'log-sizes',
  lane: 'slow',
  maxLabelSets: 10_000,
  metrics: {
    omninode_kafka_topic_log_bytes: gauge(
      'bytes',
      'Size of the logs of a topic, each partition once, as its leader has it. Absent when not all leaders could be asked.',
      ['topic'],
    ),
    omninode_kafka_topic_replica_log_bytes: gauge(
      'bytes',
      'Size of the logs of a topic with all their replicas. Absent when not all brokers could be asked.',
      ['topic'],
    ),
    omninode_kafka_broker_log_bytes: gauge(
      'bytes',
      'Size of all logs of a broker, of topics that are not watched too.',
      ['broker'],
    ),
    omninode_kafka_broker_volume_usable_bytes: gauge(
      'bytes',
      'Room that is left on the fullest volume of a broker. Absent before Kafka 3.3.',
      ['broker'],
    ),
    omninode_kafka_broker_volume_total_bytes: gauge(
      'bytes',
      'Size of the fullest volume of a broker. Absent before Kafka 3.3.',
      ['broker'],
    ),
    omninode_kafka_broker_log_directories_offline: gauge(
      'directories',
      'Folders for logs that a broker took out of use, mostly because their disk failed.',
      ['broker'],
    ),
  },

  query: ['metadata', 'logDirs'],

  toMeasurements({ metadata, logDirs }, record) {
    const { brokers, silent } = logDirs;
    const told = brokers.filter(({ errorCode, dirs }) => errorCode === 0 && dirs.length > 0);
    const replicas = new Map<string, Map<string, number>>();
    for (const { broker, dirs } of told) {
      for (const { topic, partition, bytes, isFuture } of dirs.flatMap(({ logs }) => logs)) {
        const ofTopic = replicas.get(topic) ?? new Map<string, number>();
        replicas.set(topic, ofTopic);
        if (!isFuture) ofTopic.set(`${partition} ${broker}`, bytes);
      }
      recordBroker(String(broker), dirs);
    }
    const isComplete = told.length === metadata.brokers.length;
    const selected = new Set(metadata.selected);
    for (const { name: topic, partitions } of metadata.topics) {
      if (!selected.has(topic)) continue;
      const logs = replicas.get(topic) ?? new Map<string, number>();
      const led = partitions.map(({ partition, leader }) => logs.get(`${partition} ${leader}`));
      record.omninode_kafka_topic_log_bytes(led.includes(undefined) ? null : sum(led as number[]), { topic });
      record.omninode_kafka_topic_replica_log_bytes(isComplete ? sum([...logs.values()]) : null, { topic });
    }

    // Before version 3 of the request a broker that refuses tells of no folder at all.
    const refusing = brokers.filter(
      ({ errorCode, dirs }) => isRefusal(errorCode) || (errorCode === 0 && dirs.length === 0),
    );
    if (refusing.length > 0)
      record.report(
        'permission',
        `The login may not see the sizes of logs. ${grantOf(metadata.user, 'Describe', '--cluster')}`,
      );
    const silence = silenceOf(silent, 'the sizes of logs there are');
    if (silence) record.report('degraded', silence);

    function recordBroker(broker: string, dirs: readonly LogDir[]): void {
      record.omninode_kafka_broker_log_bytes(sum(dirs.flatMap(({ logs }) => logs.map(({ bytes }) => bytes))), {
        broker,
      });
      const fullest = dirs
        .filter(({ usableBytes }) => usableBytes !== undefined)
        .toSorted((a, b) => (a.usableBytes as number) - (b.usableBytes as number))[0];
      record.omninode_kafka_broker_volume_usable_bytes(fullest?.usableBytes, { broker });
      record.omninode_kafka_broker_volume_total_bytes(fullest?.volumeBytes, { broker });
      record.omninode_kafka_broker_log_directories_offline(dirs.filter(({ errorCode }) => errorCode !== 0).length, {
        broker,
      });
    }
  },
});

const sum = (bytes: readonly number[]) => bytes.reduce((total, each) => total + each, 0);
