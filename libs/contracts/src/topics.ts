/** The mesh's topics: the product's public interface. Names follow the platform's rule `onex.<kind>.<producer>.<name>.v<N>`. */

export type TopicName =
  'measurement' | 'target' | 'memory' | 'state' | 'summary' | 'rollup' | 'alert' | 'command' | 'outcome' | 'deadLetter';

export interface TopicDeclaration {
  /** The full name with `{producer}` where the configurable producer part stands. */
  readonly name: string;
  /** What a record's key is; it also decides the partition, unless `explicitPartition`. */
  readonly key: string;
  readonly cleanup: 'delete' | 'compact' | 'compact,delete';
  /** How long records are kept at least, ms. Absent: the compacted latest of each key for ever. */
  readonly retentionMs?: number;
  /** Compaction leaves records younger than this alone, ms. */
  readonly minCompactionLagMs?: number;
  /** Largest record, bytes. Absent: the broker's default (1 MiB). */
  readonly maxRecordBytes?: number;
  /** Records go to the partition whose number is their key. */
  readonly explicitPartition?: boolean;
  readonly carries: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const topicDeclarations: Readonly<Record<TopicName, TopicDeclaration>> = {
  measurement: {
    name: 'onex.evt.{producer}.measurement.v1',
    key: 'entity',
    cleanup: 'delete',
    retentionMs: 24 * hourMs,
    carries: 'Measurement records: rows or columns.',
  },
  target: {
    name: 'onex.snapshot.{producer}.target.v1',
    key: 'target id',
    cleanup: 'compact',
    carries: 'Targets announced at run time: kind, address, labels, references to secrets. A tombstone: gone.',
  },
  memory: {
    name: 'onex.snapshot.{producer}.memory.v1',
    key: '<role>/<entity>',
    cleanup: 'compact',
    carries: 'What the owner of an entity must remember, and its claim: the offset of the claim is its incarnation.',
  },
  state: {
    name: 'onex.snapshot.{producer}.state.v1',
    key: 'partition number',
    cleanup: 'compact',
    maxRecordBytes: 8 * 1024 * 1024,
    explicitPartition: true,
    carries:
      "The aggregator's state of one partition of the measurement topic, with the input offset, in one gzip record.",
  },
  summary: {
    name: 'onex.snapshot.{producer}.summary.v1',
    key: 'partition number',
    cleanup: 'compact',
    explicitPartition: true,
    carries: 'A small summary of each partition that every replica follows: health inputs, ledger totals, freshness.',
  },
  rollup: {
    name: 'onex.evt.{producer}.rollup.v1',
    key: 'entity + operation or series + hour',
    cleanup: 'compact,delete',
    retentionMs: 30 * dayMs,
    carries: 'Hourly histograms: slow operations, report, baselines.',
  },
  alert: {
    name: 'onex.evt.{producer}.alert.v1',
    key: 'alert fingerprint',
    cleanup: 'compact',
    minCompactionLagMs: 7 * dayMs,
    carries: 'Alert transitions; each notification receiver is a consumer group here.',
  },
  command: {
    name: 'onex.cmd.{producer}.tuning.v1',
    key: 'entity',
    cleanup: 'delete',
    retentionMs: 24 * hourMs,
    carries: 'Tuning commands.',
  },
  outcome: {
    name: 'onex.evt.{producer}.tuning-outcome.v1',
    key: 'entity',
    cleanup: 'compact,delete',
    retentionMs: 30 * dayMs,
    carries: 'What a target says it now runs with: acknowledgement, value read back, verification, revert.',
  },
  deadLetter: {
    name: 'onex.dlq.{producer}.measurement.v1',
    key: 'source topic, partition and offset',
    cleanup: 'delete',
    retentionMs: 90 * dayMs,
    carries: 'What could not be read or handled: original bytes and headers, where it lay, a reason code.',
  },
};

export type Topics = Readonly<Record<TopicName, string>>;

/** The topics' full names for a producer part, `omninode-mesh` by default. */
export function topicNames(producer = 'omninode-mesh'): Topics {
  const entries = Object.entries(topicDeclarations).map(([topic, { name }]) => [
    topic,
    name.replace('{producer}', producer),
  ]);
  return Object.fromEntries(entries) as Topics;
}

/** The declaration behind a full topic name; `undefined` for a topic that is not the mesh's. */
export function topicDeclaration(name: string, producer = 'omninode-mesh'): TopicDeclaration | undefined {
  return Object.values(topicDeclarations).find(
    (declaration) => declaration.name.replace('{producer}', producer) === name,
  );
}
