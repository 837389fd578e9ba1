/**
 * The bus as everything above the transports sees it. Both transports implement these ports and pass the same suite
 * (`busContract` in libs/testing); no other code knows which one carries the mesh.
 */

/** A record as it lies in a topic. Offsets are exact integers below 2^53. */
export interface BusRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  /** `null` is a tombstone: in a compacted topic the key is gone. */
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** When the producer made it, ms since 1970 UTC. */
  readonly timestampMs: number;
}

export interface NewRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Chosen by `partitionOf(key)` when absent. */
  readonly partition?: number;
}

/** Where an acknowledged record lies. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface BusPublisher {
  /**
   * Resolves when the bus has acknowledged all of them (Kafka: all in-sync replicas; embedded: committed to disk), one
   * position a record in the same order. Records with one key keep their order. Rejects with a coded error whose
   * `retryable` says whether the caller may send them again; after a rejection any of them may or may not be in the topic.
   */
  publish(records: readonly NewRecord[]): Promise<readonly Position[]>;
}

/** Where a partition's reader starts: an offset, the oldest record, or where the group committed last (else the oldest). */
export type StartAt = number | 'beginning' | 'committed';

/** The records of one partition in order, as many as came together. */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly BusRecord[];
  /** Aborts when the partition is taken away or the consumer closes. */
  readonly signal: AbortSignal;
  /** False once the partition is no longer ours, or may be another's: then nothing of the batch may be applied or written any more. */
  isCurrent(): boolean;
  /** The offset that the next record of this partition would get, as far as is known: for lag. */
  readonly endOffset: number;
}

/**
 * One member of a consumer group on one topic. For every partition: `onAssigned` runs to its end before the first batch,
 * batches come one at a time and in order, `onRevoked` runs after the last one.
 */
export interface ConsumerOptions {
  readonly topic: string;
  readonly group: string;
  /** Restores what the partition needs and says where to start. Absent: `committed`. A rejection is retried. */
  onAssigned?(assignment: PartitionAssignment): Promise<StartAt>;
  /**
   * A rejection, built-in errors included, redelivers the batch with a growing pause; after `maxAttempts` the records come
   * one by one, and the one that still fails is dead-lettered (`handler_failed`) so that the partition moves on. So a
   * handler must bear seeing a record again.
   */
  onBatch(batch: RecordBatch): Promise<void>;
  onRevoked?(partition: number): Promise<void>;
  /** Whether the group's offset is committed after each handled batch. False for readers that keep their own positions. Default true. */
  readonly commit?: boolean;
  /** Default 5. */
  readonly maxAttempts?: number;
}

export interface PartitionAssignment {
  readonly partition: number;
  /** Aborts when the partition is taken away while its state is still being restored. */
  readonly signal: AbortSignal;
  /**
   * False once the partition is no longer ours, or may be another's by now: the coordinator has not been heard for as long as
   * a session lasts. A process that slept through that learns it here first, before it shows or writes what it knew.
   */
  isCurrent(): boolean;
}

export interface BusConsumer {
  /** The partitions that this member owns now. */
  readonly assigned: readonly number[];
  /** Ends intake, waits for the batch in hand, commits, leaves the group. */
  close(): Promise<void>;
}

/** Follows some partitions of a topic without a group: for compacted topics that every replica reads whole. */
export interface BusFollower {
  /** Resolves when every partition was read to the end that it had when the follower started. */
  readonly caughtUp: Promise<void>;
  close(): Promise<void>;
}

export interface FollowOptions {
  readonly topic: string;
  /** Absent: all. */
  readonly partitions?: readonly number[];
  onRecord(record: BusRecord): void;
  /** Reading goes on after a failure that another try can mend; each such failure is reported here. */
  onError?(error: Error): void;
}

export interface Bus extends BusPublisher {
  /** Creates the mesh's topics where they are missing, checks the settings of those that exist. Empty: all is well. */
  prepareTopics(): Promise<readonly TopicProblem[]>;
  /** How many partitions a topic has. */
  partitionCount(topic: string): Promise<number>;
  /** The offset that the next record of a partition would get. */
  endOffset(topic: string, partition: number): Promise<number>;
  consume(options: ConsumerOptions): Promise<BusConsumer>;
  follow(options: FollowOptions): Promise<BusFollower>;
  /** Reads one partition from its oldest record to the end that it has now. Resolves to that end. */
  readToEnd(
    topic: string,
    partition: number,
    onRecord: (record: BusRecord) => void,
    signal?: AbortSignal,
  ): Promise<number>;
  /** Ends consumers and followers, waits for publishes under way. `undelivered` records were not acknowledged in time. */
  close(): Promise<{ readonly undelivered: number }>;
}

/** A topic that exists with other settings than the mesh needs. */
export interface TopicProblem {
  readonly topic: string;
  /** One sentence: what is set, what is needed, how to change it. */
  readonly problem: string;
  /** Whether data can be lost or mixed up unless it is mended. */
  readonly fatal: boolean;
}
