import { partitionOf } from '@omninode/contracts';
import type {
  Bus,
  BusConsumer,
  BusFollower,
  BusRecord,
  ConsumerOptions,
  FollowOptions,
  NewRecord,
  Position,
} from '@omninode/contracts';

/** A bus in memory, for tests of who owns what: partitions, followers, groups that share partitions anew when a member comes or goes. */
export class MemoryBus implements Bus {
  /** While set, every call fails with it. */
  failure: Error | undefined;
  readonly #logs = new Map<string, BusRecord[]>();
  readonly #followers = new Set<FollowOptions>();
  readonly #groups = new Map<string, Member[]>();

  constructor(private readonly partitions = 4) {}

  records(topic: string): BusRecord[] {
    return Array.from({ length: this.partitions }, (_, partition) => this.#log(topic, partition)).flat();
  }

  async publish(records: readonly NewRecord[]): Promise<readonly Position[]> {
    this.#assertUp();
    return records.map(({ topic, key, value, headers = {}, partition = partitionOf(key, this.partitions) }) => {
      const log = this.#log(topic, partition);
      const offset = log.length;
      const record: BusRecord = { topic, partition, offset, key, value, headers, timestampMs: 0 };
      log.push(record);
      for (const follower of this.#followers) if (follower.topic === topic) follower.onRecord(record);
      for (const members of this.#groups.values()) for (const member of members) member.wake(topic, partition);
      return { topic, partition, offset };
    });
  }

  async prepareTopics(): Promise<readonly []> {
    return [];
  }

  async partitionCount(): Promise<number> {
    this.#assertUp();
    return this.partitions;
  }

  async consume(options: ConsumerOptions): Promise<BusConsumer> {
    this.#assertUp();
    const member = new Member(options, (partition) => this.#log(options.topic, partition));
    const members = [...(this.#groups.get(options.group) ?? []), member];
    await this.#share(options.group, members);
    return {
      get assigned() {
        return member.assigned;
      },
      close: async () => {
        const others = this.#groups.get(options.group)?.filter((other) => other !== member) ?? [];
        await member.keepOnly([]);
        await this.#share(options.group, others);
      },
    };
  }

  async follow(options: FollowOptions): Promise<BusFollower> {
    this.#assertUp();
    for (const record of this.records(options.topic)) options.onRecord(record);
    this.#followers.add(options);
    return { caughtUp: Promise.resolve(), close: async () => void this.#followers.delete(options) };
  }

  async endOffset(topic: string, partition: number): Promise<number> {
    this.#assertUp();
    return this.#log(topic, partition).length;
  }

  async readToEnd(topic: string, partition: number, onRecord: (record: BusRecord) => void): Promise<number> {
    this.#assertUp();
    const log = this.#log(topic, partition);
    for (const record of log) onRecord(record);
    return log.length;
  }

  async close(): Promise<{ undelivered: number }> {
    return { undelivered: 0 };
  }

  /** Gives the partitions out in turn; who loses one is told before who gets it. */
  async #share(group: string, members: Member[]): Promise<void> {
    this.#groups.set(group, members);
    const sharesOf = (index: number) =>
      Array.from({ length: this.partitions }, (_, partition) => partition).filter(
        (partition) => partition % members.length === index,
      );
    await Promise.all(members.map((member, index) => member.keepOnly(sharesOf(index))));
    await Promise.all(members.map((member, index) => member.add(sharesOf(index))));
  }

  #log(topic: string, partition: number): BusRecord[] {
    const name = `${topic}/${partition}`;
    const log = this.#logs.get(name) ?? [];
    this.#logs.set(name, log);
    return log;
  }

  #assertUp(): void {
    if (this.failure) throw this.failure;
  }
}

class Member {
  readonly #next = new Map<number, number>();
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: ConsumerOptions,
    private readonly log: (partition: number) => readonly BusRecord[],
  ) {}

  get assigned(): number[] {
    return [...this.#next.keys()];
  }

  async keepOnly(partitions: readonly number[]): Promise<void> {
    for (const partition of this.assigned.filter((own) => !partitions.includes(own))) {
      this.#next.delete(partition);
      await this.#work;
      await this.options.onRevoked?.(partition);
    }
  }

  async add(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions.filter((own) => !this.#next.has(own))) {
      this.#next.set(partition, 0);
      await this.options.onAssigned?.({ partition, signal: new AbortController().signal, isCurrent: () => true });
      this.wake(this.options.topic, partition);
    }
  }

  wake(topic: string, partition: number): void {
    if (topic === this.options.topic) this.#work = this.#work.then(() => this.#deliver(topic, partition));
  }

  async #deliver(topic: string, partition: number): Promise<void> {
    const from = this.#next.get(partition);
    const log = this.log(partition);
    if (from === undefined || from >= log.length) return;
    this.#next.set(partition, log.length);
    const isCurrent = () => this.#next.has(partition);
    const { signal } = new AbortController();
    await this.options.onBatch({
      topic,
      partition,
      records: log.slice(from),
      signal,
      isCurrent,
      endOffset: log.length,
    });
  }
}
