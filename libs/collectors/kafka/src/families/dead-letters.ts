import { defineFamily } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import { arrivalsMemorySchema, countArrivals } from '../offsets/arrivals-memory.js';
import { spanOf } from '../offsets/span.js';
import { allSilent, canSeeTopics, silenceOf } from '../sweep/missing.js';
import type { KafkaQuery, SweepParts } from '../sweep/sweep-parts.js';
import { own } from '../offsets/own.js';

type Reply = Pick<SweepParts, 'metadata' | 'offsets' | 'deadLetters'>;

/**
 * Topics of dead letters, found by the patterns of `collectors.kafka.deadLetters`: how many came, how many lie there, since when.
 * It is told by offsets and by the time of the oldest record, so no record is read and no group is needed.
 */
export const deadLetters = defineFamily<KafkaQuery, Reply>()({
  name: 'dead-letters',
  lane: 'medium',
  maxLabelSets: 10_000,
  metrics: {
    omninode_kafka_dead_letter_topics: gauge(
      'topics',
      'Topics that hold dead letters, by their names. Absent when the login can see no topic.',
    ),
    omninode_dead_letter_messages_total: counter(
      'messages',
      'Dead letters that arrived, as end offsets tell it, across restarts of ours and of the topic: what was there at the first sight is not counted, the marks of transactions are.',
      ['topic'],
    ),
    omninode_kafka_dead_letter_backlog_messages: gauge(
      'messages',
      'Dead letters that lie there: offsets between the oldest record and the end. In a compacted topic fewer records are there. Absent when not all partitions could be read.',
      ['topic'],
    ),
    omninode_kafka_dead_letter_oldest_seconds: gauge(
      'seconds',
      'Age of the oldest dead letter that lies there, by the time that its producer gave it. Absent when there is none.',
      ['topic'],
    ),
  },

  query: ['metadata', 'offsets', 'deadLetters'],

  parseMemory: (json) => arrivalsMemorySchema.safeParse(json).data,

  toMeasurements({ metadata, offsets, deadLetters: oldest }, record, { atMs, memory }) {
    const names = new Set(metadata.deadLetterTopics);
    const those = metadata.topics.filter(({ name }) => names.has(name));
    record.omninode_kafka_dead_letter_topics(canSeeTopics(metadata) ? those.length : null);
    const counted = countArrivals(memory, {
      atMs,
      fingerprint: metadata.fingerprint,
      seesAll: metadata.deadLettersLeftOut === 0 && canSeeTopics(metadata),
      topics: those.map(({ name, id }) => ({ name, id, ends: own(offsets.topics, name)?.ends ?? [] })),
    });
    for (const { name: topic } of those) {
      const arrivals = counted.of.get(topic);
      if (arrivals) record.omninode_dead_letter_messages_total(arrivals.total, { topic }, arrivals.sinceMs);
      const of = own(offsets.topics, topic);
      record.omninode_kafka_dead_letter_backlog_messages(of && spanOf(of.starts, of.ends), { topic });
      const oldestMs = own(oldest.oldestMs, topic);
      // A producer's clock may run ahead of ours.
      record.omninode_kafka_dead_letter_oldest_seconds(
        oldestMs === undefined ? null : Math.max(0, (atMs - oldestMs) / 1000),
        { topic },
      );
    }
    const silence = silenceOf(allSilent(offsets, oldest), 'dead letters of partitions that are led there are');
    if (silence) record.report('degraded', silence);
    if (metadata.deadLettersLeftOut > 0)
      record.report(
        'degraded',
        `${metadata.deadLettersLeftOut} topics of dead letters are not watched. Raise collectors.kafka.topics.max.`,
      );
    return counted.memory;
  },
});
