import type { ClusterMetadata, LogDir, Quorum } from '@omninode/kafka-link';

/** What one sweep over a cluster can hold, part by part. Every part is read once for all families of a pass. */
export interface SweepParts {
  readonly metadata: MetadataPart;
  readonly probes: readonly BrokerProbe[];
  readonly quorum: QuorumPart;
  readonly settings: SettingsPart;
  readonly groups: GroupsPart;
  /** Read after the groups: a commit is never compared with an end that is older than it. */
  readonly offsets: OffsetsPart;
  readonly deadLetters: DeadLettersPart;
  readonly logDirs: LogDirsPart;
  readonly cost: CostPart;
}

export type SweepPart = keyof SweepParts;

/** What a family asks for. */
export type KafkaQuery = readonly SweepPart[];

/** Brokers that did not answer, with the code of the failure: what they hold is missing. */
export interface SilentBroker {
  readonly broker: number;
  readonly code: string;
}

export interface MetadataPart extends ClusterMetadata {
  /** Names of the topics that are watched, and how many are beyond the cap. */
  readonly selected: readonly string[];
  readonly leftOut: number;
  /** Of the topics that hold dead letters. */
  readonly deadLetterTopics: readonly string[];
  readonly deadLettersLeftOut: number;
  /** Of the settings by which they were selected. */
  readonly fingerprint: string;
  /** Who we are to the brokers; `undefined` without a login. */
  readonly user?: string;
}

export interface BrokerProbe {
  readonly broker: number;
  /** How long the smallest question took; `undefined`: no answer. */
  readonly answerMs?: number;
  readonly code?: string;
}

/** `silent`: brokers answer, but not this question, which the leading controller has to answer. */
export type QuorumPart =
  | ({ readonly state: 'answered' } & Quorum)
  | { readonly state: 'silent'; readonly code: string }
  | { readonly state: 'unknown' };

export interface SettingsPart {
  /** By topic; topics that the login may not ask about are missing. */
  readonly topics: Readonly<Record<string, TopicSetting>>;
  readonly refused: number;
  /** Why nothing could be read. */
  readonly code?: string;
}

export interface TopicSetting {
  readonly minInSync?: number;
  readonly isCompacted?: boolean;
}

export interface GroupsPart {
  readonly groups: readonly GroupPart[];
  readonly leftOut: number;
  readonly silent: readonly SilentBroker[];
}

export interface GroupPart {
  readonly group: string;
  /** `classic`, `consumer` (KIP-848), `share`, `streams`; `unknown` from brokers before 3.8. */
  readonly type: string;
  readonly protocolType: string;
  /** As the server spells it; `undefined` when it did not say. */
  readonly state?: string;
  readonly members?: number;
  /** `[topic, partition, offset]`, only what is committed; `undefined` when it was not read. */
  readonly committed?: readonly (readonly [topic: string, partition: number, offset: number])[];
  /** Kafka's error code of the first thing that could not be read of it. */
  readonly errorCode?: number;
}

export interface OffsetsPart {
  /** By topic, then partition; `null`: not read. */
  readonly topics: Readonly<Record<string, TopicOffsets>>;
  readonly silent: readonly SilentBroker[];
  /** Partitions that brokers refused to tell of, by Kafka's error code. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface TopicOffsets {
  /** Oldest offset that is still there. */
  readonly starts: readonly (number | null)[];
  /** High watermark: the offset that the next record gets, once it is replicated. */
  readonly ends: readonly (number | null)[];
  /** Last stable offset: before the first record of the oldest open transaction. */
  readonly stable: readonly (number | null)[];
}

export interface DeadLettersPart {
  /** Time of the oldest record that is still there, by topic, ms since 1970 UTC; missing: none, or not read. */
  readonly oldestMs: Readonly<Record<string, number>>;
  readonly silent: readonly SilentBroker[];
}

export interface LogDirsPart {
  readonly brokers: readonly {
    readonly broker: number;
    readonly errorCode: number;
    readonly dirs: readonly LogDir[];
  }[];
  readonly silent: readonly SilentBroker[];
}

/** Of this sweep so far, and of all since the connection was made. */
export interface CostPart {
  readonly sweepRequests: number;
  readonly sweepMs: number;
  readonly sweepReceivedBytes: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly sinceMs: number;
}
