import { partitionOf } from '@omninode/contracts';
import type {
  Bus,
  BusConsumer,
  BusFollower,
  BusRecord,
  MeasurementPublisher,
  StatusAttributes,
  TargetRecord,
} from '@omninode/contracts';
import { retry } from '../loop/retry.js';
import type { WatchableTarget } from '../reader.js';
import type { WatchSettings } from '../loop/target-watch.js';
import { isSame, readAnnouncement, whyUnusable } from './announcement.js';
import type { ReadTarget } from './announcement.js';
import { Holding } from './holding.js';
import type { HoldingState } from './holding.js';
import type { MemoryTopic } from './memory-topic.js';

export interface OwnershipParts<Target extends WatchableTarget, Query> {
  readonly readTarget: ReadTarget<Target>;
  readonly kind: string;
  readonly bus: Bus;
  readonly targetTopic: string;
  readonly group: string;
  readonly memoryTopic: MemoryTopic;
  readonly publisher: MeasurementPublisher;
  /** Targets of the configuration file, the same on every replica, by id. */
  readonly configured: ReadonlyMap<string, Target>;
  readonly settings: WatchSettings<Target, Query>;
}

/** What a process has in hand. */
export interface OwnedTarget {
  readonly id: string;
  readonly state: HoldingState;
  readonly incarnation: number | undefined;
  readonly families: readonly StatusAttributes[];
}

interface Owned<Target extends WatchableTarget, Query> {
  readonly partition: number;
  /** `null` for a configured target. */
  readonly announcement: TargetRecord | null;
  readonly holding: Holding<Target, Query>;
}

interface Taken<Target> {
  readonly id: string;
  readonly target: Target;
  readonly announcement: TargetRecord | null;
}

const unwatchable = 'An announced target can not be watched.';

/**
 * The group gave the target to us and somebody claimed it later: a process that was paused or cut off and has not noticed
 * yet that it lost it. It will within its session timeout; after this time the target is claimed again, for nobody else may.
 */
const reclaimAfterMs = 30_000;

/**
 * Which targets are ours: those whose id lies in the partitions of the target topic that the group gave us. Nothing is
 * committed, so that each assignment replays the announcements of its partition.
 */
export class Ownership<Target extends WatchableTarget, Query> {
  readonly #owned = new Map<string, Owned<Target, Query>>();
  readonly #othersClaims = new Map<string, number>();
  readonly #end = new AbortController();
  #consumer: BusConsumer | undefined;
  #follower: BusFollower | undefined;

  constructor(private readonly parts: OwnershipParts<Target, Query>) {}

  get hasJoined(): boolean {
    return this.#consumer !== undefined;
  }

  targets(): readonly OwnedTarget[] {
    return [...this.#owned].map(([id, { holding }]) => ({
      id,
      state: holding.state,
      incarnation: holding.incarnation,
      families: holding.statuses(),
    }));
  }

  /** Joins the group. Tries until it can, or until it is ended. */
  async begin(): Promise<void> {
    const { bus, targetTopic, group, memoryTopic } = this.parts;
    this.#follower = await this.#retry('The memory topic can not be followed yet.', () =>
      memoryTopic.followOthers((target, { incarnation, isClaim }) => {
        const holding = this.#owned.get(target)?.holding;
        if (!isClaim && incarnation < (holding?.incarnation ?? -1)) holding?.repeatSave();
        if (!isClaim) return;
        this.#othersClaims.set(target, incarnation);
        holding?.fenceBy(incarnation);
      }),
    );
    const partitions = await this.#retry('The target topic can not be read yet.', () =>
      bus.partitionCount(targetTopic),
    );
    this.#consumer = await this.#retry('The group of collectors can not be joined yet.', () =>
      bus.consume({
        topic: targetTopic,
        group,
        commit: false,
        onAssigned: async ({ partition }) => {
          this.#takeConfigured(partition, partitions);
          return 'beginning';
        },
        onBatch: ({ partition, records, isCurrent }) => this.#announced(partition, records, isCurrent),
        onRevoked: (partition) => this.#releaseAll((owned) => owned.partition === partition),
      }),
    );
  }

  /** Ends all attempts that are under way. */
  cancel(): void {
    this.#end.abort();
  }

  /** Leaves the group and gives everything up. */
  async end(): Promise<void> {
    this.cancel();
    await this.#consumer?.close();
    await this.#follower?.close();
    await this.#releaseAll(() => true);
  }

  #takeConfigured(partition: number, partitions: number): void {
    const ours = [...this.parts.configured].filter(([id]) => partitionOf(id, partitions) === partition);
    this.#take(
      partition,
      ours.map(([id, target]) => ({ id, target, announcement: null })),
    );
  }

  /** A batch can be delivered again, and an announcement repeated: what is as it was stays as it is. */
  async #announced(partition: number, records: readonly BusRecord[], isCurrent: () => boolean): Promise<void> {
    const { configured, settings, kind } = this.parts;
    const latest = new Map(records.flatMap((record) => (record.key === null ? [] : [[record.key, record] as const])));
    const taken = await Promise.all(
      [...latest].map(async ([id, record]) => {
        if (configured.has(id)) return [];
        const { announced, problem } = readAnnouncement(kind, record);
        const before = this.#owned.get(id)?.announcement;
        if (before && announced && isSame(before, announced)) return [];
        await this.#release(id);
        if (problem) settings.logger.warn(unwatchable, { target: id, error: problem });
        return announced ? this.#read(record, announced) : [];
      }),
    );
    if (isCurrent()) this.#take(partition, taken.flat());
  }

  async #read(record: BusRecord, announcement: TargetRecord): Promise<Taken<Target>[]> {
    const { id } = announcement;
    try {
      return [{ id, target: await this.parts.readTarget(announcement), announcement }];
    } catch (error) {
      this.parts.settings.logger.warn(unwatchable, { target: id, error: whyUnusable(record, error) });
      return [];
    }
  }

  #take(partition: number, targets: readonly Taken<Target>[]): void {
    if (targets.length === 0 || this.#end.signal.aborted) return;
    const { kind, memoryTopic, publisher, settings } = this.parts;
    const ids = targets.map(({ id }) => id);
    const { signal } = this.#end;
    const memories = this.#retry('The memory topic can not be read yet.', () => memoryTopic.read(ids, signal));
    for (const { id, target, announcement } of targets) {
      const othersClaim = () => this.#othersClaims.get(id) ?? -1;
      const onFenced = () => void this.#reclaim(owned, { id, target });
      const parts = { kind, id, target, memories, memoryTopic, publisher, settings, othersClaim, onFenced };
      const owned: Owned<Target, Query> = { partition, announcement, holding: new Holding(parts) };
      this.#owned.set(id, owned);
    }
  }

  async #reclaim(owned: Owned<Target, Query>, target: { readonly id: string; readonly target: Target }): Promise<void> {
    await this.parts.settings.clock.wait(reclaimAfterMs, this.#end.signal);
    if (this.#owned.get(target.id) !== owned) return; // revoked, gone or announced anew
    this.#take(owned.partition, [{ ...target, announcement: owned.announcement }]);
  }

  async #releaseAll(those: (owned: Owned<Target, Query>) => boolean): Promise<void> {
    const ids = [...this.#owned].filter(([, owned]) => those(owned)).map(([id]) => id);
    await Promise.all(ids.map((id) => this.#release(id)));
  }

  async #release(id: string): Promise<void> {
    const owned = this.#owned.get(id);
    if (!owned) return;
    await owned.holding.release();
    if (this.#owned.get(id) === owned) this.#owned.delete(id);
  }

  #retry<T>(sentence: string, work: () => Promise<T>): Promise<T> {
    const { clock, logger } = this.parts.settings;
    return retry(work, { clock, signal: this.#end.signal, onFailure: (error) => logger.warn(sentence, { error }) });
  }
}
