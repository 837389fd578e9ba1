import type { KafkaApi } from '@omninode/kafka-link';

/** Requests with which tests make groups of any kind, without a client that joins them. */

export interface Commit {
  readonly group: string;
  /** Absent: as a client without membership does, which an empty group takes. */
  readonly member?: { readonly id: string; readonly epoch: number };
  readonly offsets: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
}

/** The error codes of all partitions. */
export const commitOffsets: KafkaApi<Commit, readonly number[]> = {
  name: 'OffsetCommit',
  key: 8,
  oldestVersion: 9,
  newestVersion: 9,
  flexibleFrom: 8,
  write({ group, member, offsets }, writer) {
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)];
    writer
      .text(group)
      .int32(member?.epoch ?? -1)
      .text(member?.id ?? '')
      .text(null)
      .list(topics, ([topic, partitions]) =>
        writer
          .text(topic)
          .list(partitions, ({ partition, offset }) =>
            writer.int32(partition).int64(offset).int32(-1).text(null).tags(),
          )
          .tags(),
      )
      .tags();
  },
  read(reader) {
    reader.int32();
    const topics = reader.list(() => {
      reader.text();
      const codes = reader.list(() => {
        reader.int32();
        const code = reader.int16();
        reader.tags();
        return code;
      });
      reader.tags();
      return codes;
    });
    return topics.flat();
  },
};

export const findCoordinator: KafkaApi<string, { readonly errorCode: number; readonly broker: number }> = {
  name: 'FindCoordinator',
  key: 10,
  oldestVersion: 0,
  newestVersion: 0,
  flexibleFrom: 3,
  write: (group, writer) => writer.text(group),
  read: (reader) => ({ errorCode: reader.int16(), broker: reader.int32() }),
};

export interface Heartbeat {
  readonly group: string;
  readonly memberId: string;
  /** 0: joins; −1: leaves. */
  readonly epoch: number;
  readonly topics: readonly string[];
}

/** Membership in a group of the new protocol (KIP-848). */
export const heartbeat: KafkaApi<
  Heartbeat,
  { readonly errorCode: number; readonly memberId: string; readonly epoch: number }
> = {
  name: 'ConsumerGroupHeartbeat',
  key: 68,
  oldestVersion: 0,
  newestVersion: 0,
  flexibleFrom: 0,
  write({ group, memberId, epoch, topics }, writer) {
    const joins = epoch === 0;
    writer
      .text(group)
      .text(memberId)
      .int32(epoch)
      .text(null)
      .text(null)
      .int32(joins ? 60_000 : -1)
      .list(joins ? topics : null, (topic) => writer.text(topic))
      .text(null)
      .list(joins ? [] : null, () => undefined)
      .tags();
  },
  read(reader) {
    reader.int32();
    const errorCode = reader.int16();
    reader.nullableText();
    return { errorCode, memberId: reader.nullableText() ?? '', epoch: reader.int32() };
  },
};
