import type { KafkaApi } from '../wire/kafka-api.js';
import type { WireReader } from '../wire/wire-reader.js';

/** The controllers of a KRaft cluster. The asked broker passes the question on to their leader: without one there is no answer. */
export interface Quorum {
  readonly errorCode: number;
  /** −1: none. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly voters: readonly Voter[];
}

export interface Voter {
  readonly id: number;
  readonly logEndOffset: number;
  /** By the leader's clock, ms since 1970 UTC; for the leader itself: now. −1: not known, also from brokers before 3.3. */
  readonly caughtUpAtMs: number;
}

/** Needs Kafka 3.0 or newer with KRaft, and Describe on the cluster. */
export const describeQuorum: KafkaApi<void, Quorum> = {
  name: 'DescribeQuorum',
  key: 55,
  oldestVersion: 0,
  newestVersion: 1,
  flexibleFrom: 0,
  write(_, writer) {
    writer
      .list(['__cluster_metadata'], (topic) =>
        writer
          .text(topic)
          .list([0], (partition) => writer.int32(partition).tags())
          .tags(),
      )
      .tags();
  },
  read(reader, version) {
    const errorCode = reader.int16();
    const topics = reader.list(() => {
      reader.text();
      const partitions = reader.list(() => {
        reader.int32();
        return readPartition(reader, version);
      });
      reader.tags();
      return partitions;
    });
    const [quorum] = topics.flat();
    if (!quorum) return { errorCode, leaderId: -1, leaderEpoch: -1, voters: [] };
    return { ...quorum, errorCode: errorCode || quorum.errorCode };
  },
};

function readPartition(reader: WireReader, version: number): Quorum {
  const errorCode = reader.int16();
  const [leaderId, leaderEpoch] = [reader.int32(), reader.int32()];
  reader.int64(); // high watermark
  const voters = reader.list(() => readVoter(reader, version));
  reader.list(() => readVoter(reader, version)); // observers
  reader.tags();
  return { errorCode, leaderId, leaderEpoch, voters };
}

function readVoter(reader: WireReader, version: number): Voter {
  const [id, logEndOffset] = [reader.int32(), reader.int64()];
  if (version >= 1) reader.int64(); // when it last fetched
  const caughtUpAtMs = version >= 1 ? reader.int64() : -1;
  reader.tags();
  return { id, logEndOffset, caughtUpAtMs };
}
