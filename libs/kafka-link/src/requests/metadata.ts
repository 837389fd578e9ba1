import type { KafkaApi } from '../wire/kafka-api.js';
import type { WireReader } from '../wire/wire-reader.js';

/** What a broker knows of the cluster. It answers from memory: also when the controllers are gone. */
export interface ClusterMetadata {
  readonly clusterId: string | null;
  readonly brokers: readonly BrokerAddress[];
  readonly topics: readonly TopicMetadata[];
}

export interface BrokerAddress {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

export interface TopicMetadata {
  readonly name: string;
  /** Differs after a topic was deleted and made anew; `undefined` from brokers before 2.8. */
  readonly id: string | undefined;
  readonly errorCode: number;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

export interface PartitionMetadata {
  readonly partition: number;
  readonly errorCode: number;
  /** −1: none. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
  readonly offline: readonly number[];
}

/** Of all topics that the login may describe: others are left out without a word. Never creates a topic. */
export const metadata: KafkaApi<void, ClusterMetadata> = {
  name: 'Metadata',
  key: 3,
  oldestVersion: 5,
  newestVersion: 12,
  flexibleFrom: 9,
  write(_, writer, version) {
    writer.list(null, () => undefined).boolean(false);
    if (version >= 8 && version <= 10) writer.boolean(false);
    if (version >= 8) writer.boolean(false);
    writer.tags();
  },
  read(reader, version) {
    reader.int32(); // throttle time
    const brokers = reader.list(() => readBroker(reader));
    const clusterId = reader.nullableText();
    reader.int32(); // the "controller": with KRaft any broker, so it says nothing
    return { clusterId, brokers, topics: reader.list(() => readTopic(reader, version)) };
  },
};

function readBroker(reader: WireReader): BrokerAddress {
  const broker = {
    id: reader.int32(),
    host: reader.text(),
    port: reader.int32(),
    rack: reader.nullableText(),
  };
  reader.tags();
  return broker;
}

function readTopic(reader: WireReader, version: number): TopicMetadata {
  const errorCode = reader.int16();
  const name = reader.text();
  const id = version >= 10 ? reader.uuid() : undefined;
  const isInternal = reader.boolean();
  const partitions = reader.list(() => readPartition(reader, version));
  if (version >= 8) reader.int32(); // authorized operations
  reader.tags();
  return { name, id, errorCode, isInternal, partitions };
}

function readPartition(reader: WireReader, version: number): PartitionMetadata {
  const errorCode = reader.int16();
  const partition = reader.int32();
  const leader = reader.int32();
  if (version >= 7) reader.int32(); // leader epoch
  const [replicas, inSync, offline] = [0, 1, 2].map(() => reader.list(() => reader.int32()));
  reader.tags();
  return { partition, errorCode, leader, replicas: replicas ?? [], inSync: inSync ?? [], offline: offline ?? [] };
}
