import type { MeasurementEvent } from '@omninode/contracts';

/** An event as it was taken: with its id, which is where its record lies. */
export interface KeptEvent extends MeasurementEvent {
  /** `<offset>.<place in the record>`: the same event has the same id after a replay. */
  readonly id: string;
  readonly entity: string;
  readonly producer: string;
}

/**
 * The newest event of each sort, for what is true now (the status of each family), and the newest of all, for what
 * happened. Both are bounded; what falls out lies on the topic still.
 */
export class RecentEvents {
  private readonly newest = new Map<string, KeptEvent>();
  private readonly ring: KeptEvent[] = [];

  constructor(private readonly limits = { sorts: 20_000, recent: 1_000 }) {}

  add(event: KeptEvent): void {
    const sort = JSON.stringify([event.producer, event.name, event.attributes.family ?? '']);
    const known = this.newest.get(sort);
    if (!known || known.timeMs <= event.timeMs) {
      // Set anew, so that the order of the map is that of the last change, and the oldest sort goes first.
      this.newest.delete(sort);
      this.newest.set(sort, event);
      if (this.newest.size > this.limits.sorts) this.newest.delete(this.newest.keys().next().value!);
    }
    this.ring.push(event);
    if (this.ring.length > this.limits.recent * 2) this.ring.splice(0, this.ring.length - this.limits.recent);
  }

  /** The newest event of each sort with this name. */
  current(name: string): KeptEvent[] {
    return [...this.newest.values()].filter((event) => event.name === name);
  }

  /** The newest events, the newest first. */
  recent(): KeptEvent[] {
    return this.ring.slice(-this.limits.recent).reverse();
  }

  toJSON(): { readonly newest: KeptEvent[]; readonly ring: KeptEvent[] } {
    return { newest: [...this.newest.values()], ring: this.ring.slice(-this.limits.recent) };
  }

  static of({ newest, ring }: ReturnType<RecentEvents['toJSON']>): RecentEvents {
    const events = new RecentEvents();
    for (const event of ring) events.ring.push(event);
    for (const event of newest)
      events.newest.set(JSON.stringify([event.producer, event.name, event.attributes.family ?? '']), event);
    return events;
  }
}
