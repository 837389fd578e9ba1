import type { BusConsumer, ConsumerOptions } from '@omninode/contracts';
import type { PartitionLog } from './partition-log.js';
import { Tenure, type TenureContext } from './tenure.js';

/**
 * One group on one topic: shares the partitions among its members in this process, evenly, moving as few as it can. A
 * partition changes hands only after its tenure has ended, so it never has two owners.
 */
export class ConsumerGroup {
  private readonly members: Member[] = [];
  private readonly seats: Seat[];

  constructor(
    logs: readonly PartitionLog[],
    private readonly context: TenureContext,
  ) {
    this.seats = logs.map((log) => ({ log, wanted: undefined, member: undefined, tenure: undefined }));
  }

  join(options: ConsumerOptions): BusConsumer {
    const member: Member = { options };
    this.members.push(member);
    this.share();
    const held = (): Seat[] => this.seats.filter((seat) => seat.member === member);
    let ending: Promise<void> | undefined;
    return {
      get assigned() {
        return held().map(({ log }) => log.partition);
      },
      close: () => (ending ??= this.leave(member, held())),
    };
  }

  private async leave(member: Member, held: readonly Seat[]): Promise<void> {
    const tenures = held.map(({ tenure }) => tenure!);
    for (const tenure of tenures) tenure.finish();
    this.members.splice(this.members.indexOf(member), 1);
    this.share();
    await Promise.all(tenures.map(({ done }) => done));
  }

  /** Says who should have each partition, then lets each seat move there. */
  private share(): void {
    const { members, seats } = this;
    const most = Math.ceil(seats.length / members.length);
    // Of 4 partitions, the first of 3 members that asks has 2 and the others have 1.
    let largeShares = seats.length - (most - 1) * members.length;
    const counts = new Map(members.map((member) => [member, 0]));
    const takes = (member: Member): boolean => {
      const count = counts.get(member);
      if (count === undefined || count >= most || (count === most - 1 && largeShares === 0)) return false;
      if (count === most - 1) largeShares--;
      counts.set(member, count + 1);
      return true;
    };
    for (const seat of seats) if (!(seat.wanted && takes(seat.wanted))) seat.wanted = undefined;
    for (const seat of seats) seat.wanted ??= members.find(takes);
    for (const seat of seats) this.settle(seat);
  }

  private settle(seat: Seat): void {
    const { tenure, member, wanted, log } = seat;
    if (tenure) {
      // A member that leaves has finished its tenures itself, and their last batch counts.
      if (member !== wanted && this.members.includes(member!)) tenure.takeAway();
      return;
    }
    if (!wanted) return;
    seat.member = wanted;
    seat.tenure = new Tenure(wanted.options, log, this.context);
    void this.settleAfter(seat.tenure, seat);
  }

  private async settleAfter(tenure: Tenure, seat: Seat): Promise<void> {
    await tenure.done;
    seat.member = undefined;
    seat.tenure = undefined;
    this.settle(seat);
  }
}

interface Member {
  readonly options: ConsumerOptions;
}

/** A partition's place in the group: who should own it, and who does. */
interface Seat {
  readonly log: PartitionLog;
  wanted: Member | undefined;
  member: Member | undefined;
  tenure: Tenure | undefined;
}
