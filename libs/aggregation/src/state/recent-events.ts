import type { MeasurementEvent } from '@omninode/contracts';

/** An event as it was taken: with its id, which is where its record lies. */
export interface KeptEvent extends MeasurementEvent {
  /** `<offset>.<place in the record>`: the same event has the same id after a replay. */
  readonly id: string;
  readonly entity: string;
  readonly producer: string;
}

export interface EventLimits {
  /** Sorts of event whose newest is kept. */
  readonly sorts: number;
  /** Newest events that are kept of each entity. */
  readonly perEntity: number;
  /** Characters of JSON that each of both may take together: a snapshot must stay below the largest record. */
  readonly characters: number;
}

const defaultLimits: EventLimits = { sorts: 20_000, perEntity: 100, characters: 4_000_000 };

/**
 * The newest event of each sort, for what is true now (the status of each family), and the newest of each entity, for what
 * happened. Both are bounded; what falls out lies on the topic still.
 */
export class RecentEvents {
  private readonly newest = new BoundedEvents();
  private readonly byEntity = new Map<string, BoundedEvents>();
  private recentCharacters = 0;

  constructor(private readonly limits = defaultLimits) {}

  add(event: KeptEvent): void {
    const characters = JSON.stringify(event).length;
    this.addNewest(event, characters);
    this.addRecent(event, characters);
  }

  /** The newest event of each sort with this name. */
  current(name: string): KeptEvent[] {
    return this.newest.all().filter((event) => event.name === name);
  }

  /** The newest events of all entities, the newest first. */
  recent(): KeptEvent[] {
    return [...this.byEntity.values()].flatMap((events) => events.all()).sort((a, b) => byArrival(b, a));
  }

  /** Drops what happened before a time, ms since 1970 UTC. The newest of a sort stays: a status of a silent target is how it is known to be silent. */
  forget(beforeMs: number): void {
    for (const [entity, events] of this.byEntity) {
      this.recentCharacters -= events.forget(beforeMs);
      if (events.size === 0) this.byEntity.delete(entity);
    }
  }

  toJSON(): { readonly newest: KeptEvent[]; readonly recent: KeptEvent[] } {
    return { newest: this.newest.all(), recent: this.recent().reverse() };
  }

  static of({ newest, recent }: ReturnType<RecentEvents['toJSON']>): RecentEvents {
    const events = new RecentEvents();
    for (const event of newest) events.addNewest(event, JSON.stringify(event).length);
    for (const event of recent) events.addRecent(event, JSON.stringify(event).length);
    return events;
  }

  private addNewest(event: KeptEvent, characters: number): void {
    const sort = JSON.stringify([event.entity, event.producer, event.name, event.attributes.family ?? '']);
    const known = this.newest.get(sort);
    if (known && known.timeMs > event.timeMs) return;
    this.newest.put(sort, event, characters);
    while (this.newest.size > this.limits.sorts || this.newest.characters > this.limits.characters)
      this.newest.dropOldest();
  }

  private addRecent(event: KeptEvent, characters: number): void {
    const events = this.byEntity.get(event.entity) ?? new BoundedEvents();
    // Set anew, so that the entity that was silent for longest comes first.
    this.byEntity.delete(event.entity);
    this.byEntity.set(event.entity, events);
    events.put(event.id, event, characters);
    this.recentCharacters += characters;
    if (events.size > this.limits.perEntity) this.recentCharacters -= events.dropOldest();
    while (this.recentCharacters > this.limits.characters) this.dropOfQuietest();
  }

  private dropOfQuietest(): void {
    const [quietest] = this.byEntity;
    if (!quietest) return;
    const [entity, events] = quietest;
    this.recentCharacters -= events.dropOldest();
    if (events.size === 0) this.byEntity.delete(entity);
  }
}

/** Events by key, in order of arrival, with what they take. */
class BoundedEvents {
  characters = 0;
  private readonly events = new Map<string, { readonly event: KeptEvent; readonly characters: number }>();

  get size(): number {
    return this.events.size;
  }

  get(key: string): KeptEvent | undefined {
    return this.events.get(key)?.event;
  }

  all(): KeptEvent[] {
    return [...this.events.values()].map(({ event }) => event);
  }

  /** Replaces what stood under the key, and stands last in order. */
  put(key: string, event: KeptEvent, characters: number): void {
    this.drop(key);
    this.events.set(key, { event, characters });
    this.characters += characters;
  }

  /** Returns the characters that became free. */
  dropOldest(): number {
    const [oldest] = this.events.keys();
    return oldest === undefined ? 0 : this.drop(oldest);
  }

  /** Returns the characters that became free. */
  forget(beforeMs: number): number {
    let freed = 0;
    for (const [key, { event }] of this.events) if (event.timeMs < beforeMs) freed += this.drop(key);
    return freed;
  }

  private drop(key: string): number {
    const characters = this.events.get(key)?.characters ?? 0;
    this.events.delete(key);
    this.characters -= characters;
    return characters;
  }
}

/** By the numbers in `<offset>.<place>`. */
function byArrival(a: KeptEvent, b: KeptEvent): number {
  const [offsetA = 0, placeA = 0] = a.id.split('.').map(Number);
  const [offsetB = 0, placeB = 0] = b.id.split('.').map(Number);
  return offsetA - offsetB || placeA - placeB;
}
