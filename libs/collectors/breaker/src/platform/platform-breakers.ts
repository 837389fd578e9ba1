import { errorCode } from '@omninode/contracts';
import type { Bus, BusConsumer, MeasurementPublisher, RecordBatch } from '@omninode/contracts';
import type { Logger } from '@omninode/collector-kit';
import type { PlatformConfig } from './platform.config.js';
import { PartitionMemory } from './partition-memory.js';
import { PlatformPartition } from './platform-partition.js';

export interface PlatformBreakersOptions {
  readonly config: PlatformConfig;
  readonly bus: Bus;
  readonly memoryTopic: string;
  readonly publisher: MeasurementPublisher;
  readonly logger: Logger;
  /** Names this process among all that ever were. */
  readonly owner: string;
  readonly nowMs: () => number;
}

/** Memory that changed by time alone is saved this often. */
const savesMs = 60_000;

/** Reads the platform's breaker events as one member of a group: its partitions are shared by as many as run. */
export class PlatformBreakers {
  readonly #partitions = new Map<number, PlatformPartition>();
  readonly #end = new AbortController();
  #consumer: BusConsumer | undefined;
  #beginning: Promise<void> | undefined;
  #timers: NodeJS.Timeout[] = [];

  constructor(private readonly options: PlatformBreakersOptions) {}

  /** Whether the topic is there and we are a member of its group. */
  get hasJoined(): boolean {
    return this.#consumer !== undefined;
  }

  /** Nothing is awaited: a topic that is not there yet is looked for again and again. */
  start(): void {
    const { config } = this.options;
    this.#beginning ??= this.#begin();
    this.#timers = [setInterval(() => this.#tick(), config.interval), setInterval(() => this.#saveAll(), savesMs)];
  }

  async stop(): Promise<void> {
    this.#end.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#beginning;
    await this.#consumer?.close();
  }

  async #begin(): Promise<void> {
    const { bus, config, logger } = this.options;
    const group = 'omninode-mesh.breaker-platform';
    for (let told: string | undefined; !this.#end.signal.aborted;) {
      try {
        await bus.partitionCount(config.topic); // says that it is missing sooner than joining a group would
        this.#consumer = await bus.consume({ topic: config.topic, group, commit: false, ...this.#handlers() });
        logger.info("The platform's breaker events are read.", { topic: config.topic });
        return;
      } catch (error) {
        const code = errorCode(error);
        if (code !== told)
          logger.info("The platform's breaker events can not be read yet.", { topic: config.topic, error });
        told = code;
        await waitFor(lookAgainMs, this.#end.signal);
      }
    }
  }

  #handlers() {
    const { config, logger } = this.options;
    return {
      onAssigned: async ({ partition, signal }: { partition: number; signal: AbortSignal }) => {
        const taken = this.#make(partition);
        const start = await taken.restore(signal);
        this.#partitions.set(partition, taken);
        return start;
      },
      onBatch: async ({ partition, records, endOffset, isCurrent }: RecordBatch) => {
        const taken = this.#partitions.get(partition);
        if (!taken || !isCurrent()) return;
        const wereReadable = taken.unreadable === 0;
        await taken.take(records, endOffset);
        if (wereReadable && taken.unreadable > 0)
          logger.warn('Records of this topic are no breaker events and are passed over.', {
            topic: config.topic,
            partition,
          });
      },
      onRevoked: async (partition: number) => {
        const given = this.#partitions.get(partition);
        this.#partitions.delete(partition);
        await given
          ?.release()
          .catch((error: unknown) =>
            logger.warn('A last memory was not saved: the next owner reads more anew.', { partition, error }),
          );
      },
    };
  }

  #make(partition: number): PlatformPartition {
    const { config, bus, memoryTopic, owner, publisher, nowMs } = this.options;
    const entity = `${config.topic}-${partition}`;
    const memory = new PartitionMemory(bus, memoryTopic, owner, entity);
    return new PlatformPartition({ entity, memory, publisher, believeForMs: config.believeFor, nowMs });
  }

  #tick(): void {
    for (const partition of this.#partitions.values()) partition.tick();
  }

  #saveAll(): void {
    const { logger } = this.options;
    for (const [partition, taken] of this.#partitions)
      taken
        .save()
        .catch((error: unknown) =>
          logger.warn('What is known of the breakers can not be saved yet.', { partition, error }),
        );
  }
}

const lookAgainMs = 15_000;

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
