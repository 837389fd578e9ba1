import type { BusConsumer, ConsumerOptions } from '@omninode/contracts';
import { PartitionReader, type ReaderDependencies } from './partition-reader.js';

interface Ownership {
  readonly member: ConsumerOptions;
  readonly reader: PartitionReader;
}

/** The members of one group on one topic, which share its partitions evenly: within one process, because the file has one owner. */
export class ConsumerGroup {
  private readonly members: ConsumerOptions[] = [];
  private readonly owned = new Map<number, Ownership>();
  /** Changes of membership take turns. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly dependencies: ReaderDependencies) {}

  join(options: ConsumerOptions): BusConsumer {
    const { owned } = this;
    // A copy: the same options may join twice, and are two members then.
    const member = { ...options };
    this.members.push(member);
    this.share();
    let ending: Promise<void> | undefined;
    return {
      get assigned() {
        return [...owned]
          .flatMap(([partition, { member: owner }]) => (owner === member ? [partition] : []))
          .sort((a, b) => a - b);
      },
      close: () => (ending ??= this.leave(member)),
    };
  }

  private leave(member: ConsumerOptions): Promise<void> {
    this.members.splice(this.members.indexOf(member), 1);
    return this.share();
  }

  private share(): Promise<void> {
    this.turn = this.turn.then(() => this.move());
    return this.turn;
  }

  /** What moves is read to the end of its batch before it is given to another member. */
  private async move(): Promise<void> {
    const { members, owned, dependencies } = this;
    const ownerOf = (partition: number) => members[partition % members.length];
    const moving = [...owned].filter(([partition, { member }]) => ownerOf(partition) !== member);
    await Promise.all(moving.map(([, { reader }]) => reader.stop()));
    for (const [partition] of moving) owned.delete(partition);
    for (let partition = 0; partition < dependencies.topic.partitions; partition++) {
      const member = ownerOf(partition);
      if (!member || owned.has(partition)) continue;
      owned.set(partition, { member, reader: new PartitionReader(dependencies, member, partition) });
    }
  }
}
