import type { KafkaApi } from '../wire/kafka-api.js';
import type { WireReader } from '../wire/wire-reader.js';

export interface CommittedOffsets {
  readonly group: string;
  readonly errorCode: number;
  readonly partitions: readonly CommittedOffset[];
}

export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  /** Where the group reads on. Below 0: none. kafkajs commits −2 after a seek out of range, and the server keeps it. */
  readonly offset: number;
  readonly errorCode: number;
}

/** All that groups committed, many groups at once, asked of their coordinator. Needs Kafka 3.0 or newer. */
export const fetchOffsets: KafkaApi<readonly string[], readonly CommittedOffsets[]> = {
  name: 'OffsetFetch',
  key: 9,
  oldestVersion: 8,
  newestVersion: 8,
  flexibleFrom: 6,
  write(groups, writer) {
    writer
      .list(groups, (group) =>
        writer
          .text(group)
          .list(null, () => undefined)
          .tags(),
      )
      .boolean(false) // what holds now: not what an open transaction may make of it
      .tags();
  },
  read(reader, version) {
    reader.int32(); // throttle time
    return reader.list(() => {
      const group = reader.text();
      const partitions = readTopics(reader, version);
      const errorCode = reader.int16();
      reader.tags();
      return { group, errorCode, partitions };
    });
  },
};

/** The same of one group, as older brokers take it. */
export const fetchOffsetsOfGroup: KafkaApi<string, Omit<CommittedOffsets, 'group'>> = {
  name: 'OffsetFetch',
  key: 9,
  oldestVersion: 3,
  newestVersion: 7,
  flexibleFrom: 6,
  write(group, writer, version) {
    writer.text(group).list(null, () => undefined);
    if (version >= 7) writer.boolean(false);
    writer.tags();
  },
  read(reader, version) {
    reader.int32(); // throttle time
    const partitions = readTopics(reader, version);
    return { partitions, errorCode: reader.int16() };
  },
};

function readTopics(reader: WireReader, version: number): readonly CommittedOffset[] {
  const byTopic = reader.list(() => {
    const topic = reader.text();
    const partitions = reader.list((): CommittedOffset => {
      const [partition, offset] = [reader.int32(), reader.int64()];
      if (version >= 5) reader.int32(); // leader epoch
      reader.nullableText(); // the consumer's note
      const errorCode = reader.int16();
      reader.tags();
      return { topic, partition, offset, errorCode };
    });
    reader.tags();
    return partitions;
  });
  return byTopic.flat();
}
