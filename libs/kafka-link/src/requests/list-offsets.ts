import type { KafkaApi } from '../wire/kafka-api.js';

/** Offsets by time: of a point in time, or of the ends of the log. Only the leader of a partition answers for it. */
export interface ListOffsetsRequest {
  /** Whether the end is the last stable offset, before the first open transaction, in place of the high watermark. */
  readonly readCommitted: boolean;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  /** Milliseconds since 1970 UTC: the first record of that time or later. `logEnd` and `logStart`: the ends. */
  readonly timestamp: number;
}

export const logEnd = -1;
export const logStart = -2;

export interface ListedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Of the record that was found, ms since 1970 UTC; −1 for the ends of the log, and where no record is that late. */
  readonly timestamp: number;
  /** −1: no record is that late. */
  readonly offset: number;
}

export const listOffsets: KafkaApi<ListOffsetsRequest, readonly ListedOffset[]> = {
  name: 'ListOffsets',
  key: 2,
  oldestVersion: 2,
  newestVersion: 7,
  flexibleFrom: 6,
  write({ readCommitted, topics, timestamp }, writer, version) {
    writer
      .int32(-1)
      .int8(readCommitted ? 1 : 0)
      .list(topics, ({ topic, partitions }) =>
        writer
          .text(topic)
          .list(partitions, (partition) => {
            writer.int32(partition);
            if (version >= 4) writer.int32(-1); // leader epoch: any
            writer.int64(timestamp).tags();
          })
          .tags(),
      )
      .tags();
  },
  read(reader, version) {
    reader.int32(); // throttle time
    const byTopic = reader.list(() => {
      const topic = reader.text();
      const partitions = reader.list((): ListedOffset => {
        const [partition, errorCode] = [reader.int32(), reader.int16()];
        const [timestamp, offset] = [reader.int64(), reader.int64()];
        if (version >= 4) reader.int32(); // leader epoch
        reader.tags();
        return { topic, partition, errorCode, timestamp, offset };
      });
      reader.tags();
      return partitions;
    });
    return byTopic.flat();
  },
};
