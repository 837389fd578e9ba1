import type { Answer, Reader, Session } from '@omninode/collector-kit';
import { errorCode } from '@omninode/contracts';
import { openClusterLink } from '@omninode/kafka-link';
import type { ClusterLink } from '@omninode/kafka-link';
import { explainError } from './explain-error.js';
import { connectionTo } from './kafka-target.js';
import type { KafkaTarget } from './kafka-target.js';
import type { Selection } from './selection/selection.js';
import { readMetadata, readProbes, readQuorum } from './sweep/cluster.reader.js';
import { readGroups } from './sweep/groups.reader.js';
import type { CostPart, KafkaQuery } from './sweep/sweep-parts.js';
import { Sweep } from './sweep/sweep.js';
import type { KeptAnswers, PartReaders } from './sweep/sweep.js';
import { readDeadLetters, readLogDirs, readOffsets, readSettings } from './sweep/topics.reader.js';

export interface KafkaReaderOptions {
  readonly selection: Selection;
  readonly connectTimeoutMs: number;
  /** How long one broker may take for one answer. */
  readonly requestTimeoutMs: number;
}

/** The only part that talks to Kafka: one connection to each broker; it never writes, and joins no group. */
export function kafkaReader(options: KafkaReaderOptions): Reader<KafkaTarget, KafkaQuery> {
  return {
    explain: explainError,
    async connect(target, signal) {
      const session = new KafkaSession(target, options);
      await session.open(signal);
      return session;
    },
  };
}

class KafkaSession implements Session<KafkaQuery> {
  lost: Error | undefined;
  readonly #link: ClusterLink;
  readonly #kept: KeptAnswers = {};
  readonly #sinceMs = Date.now();
  readonly #user: string | undefined;
  #sweep: Sweep;
  /** What the link had carried when the sweep began. */
  #before = { requests: 0, receivedBytes: 0 };

  constructor(
    target: KafkaTarget,
    private readonly options: KafkaReaderOptions,
  ) {
    this.#link = openClusterLink(connectionTo(target, options));
    this.#user = target.login?.username;
    this.#sweep = this.#newSweep();
  }

  /** A connection proves nothing: brokers that want a login take it, and close it at the first question. */
  async open(signal: AbortSignal): Promise<void> {
    try {
      await this.#sweep.read('', ['metadata'], signal);
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  async read(query: KafkaQuery, family: string, signal: AbortSignal): Promise<Answer> {
    if (!this.#sweep.isFor(family)) this.#sweep = this.#newSweep();
    const before = this.#carried().requests;
    try {
      const reply = await this.#sweep.read(family, query, signal);
      return { reply, roundTrips: this.#carried().requests - before, rows: rowsOf(reply) };
    } catch (error) {
      // The parts of a sweep live with silent brokers: so either no broker answered, or none understood.
      if (errorCode(error) !== 'KAFKA_REQUEST_UNKNOWN') this.lost = error as Error;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    this.#link.destroy();
  }

  #newSweep(): Sweep {
    this.#before = this.#carried();
    const { selection, requestTimeoutMs } = this.options;
    const tools = { link: this.#link, selection, requestTimeoutMs, kept: this.#kept, user: this.#user };
    return new Sweep({ ...readers, cost: async () => this.#cost() }, tools);
  }

  #cost(): CostPart {
    const { requests, receivedBytes } = this.#carried();
    return {
      sweepRequests: requests - this.#before.requests,
      sweepReceivedBytes: receivedBytes - this.#before.receivedBytes,
      sweepMs: performance.now() - this.#sweep.startMs,
      requests: Object.fromEntries(this.#link.traffic().requests),
      sinceMs: this.#sinceMs,
    };
  }

  #carried(): { requests: number; receivedBytes: number } {
    const { requests, receivedBytes } = this.#link.traffic();
    return { requests: [...requests.values()].reduce((sum, count) => sum + count, 0), receivedBytes };
  }
}

const readers: Omit<PartReaders, 'cost'> = {
  metadata: readMetadata,
  probes: readProbes,
  quorum: readQuorum,
  settings: readSettings,
  groups: readGroups,
  offsets: readOffsets,
  deadLetters: readDeadLetters,
  logDirs: readLogDirs,
};

/** Topics and groups that the reply is about. */
function rowsOf({
  metadata,
  groups,
}: {
  metadata?: { selected: readonly string[] };
  groups?: { groups: readonly unknown[] };
}): number {
  return (metadata?.selected.length ?? 0) + (groups?.groups.length ?? 0);
}
