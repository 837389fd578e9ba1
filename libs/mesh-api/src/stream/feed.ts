import type { StreamChange } from './stream-source.js';

export type EventName = 'health' | 'target' | 'alert' | 'command';

export interface FeedEvent {
  /** 1, 2, 3 … within a process. */
  readonly number: number;
  readonly name: EventName;
  readonly entity: string | undefined;
  /** One line of JSON. */
  readonly json: string;
}

/** What a client wants to hear. */
export interface Interest {
  /** Only what concerns this target or service. */
  readonly entity?: string | undefined;
  readonly names: ReadonlySet<EventName>;
}

interface Latest {
  readonly entity: string | undefined;
  readonly data: object;
  readonly expiresAtMs: number;
}

/** Events that a client which comes back can still get, and of how many things of one name the latest is known. */
const mostKept = 1_000;
const mostLatest = 5_000;

/** What happened lately, and how everything is now. */
export class Feed {
  private number = 0;
  private kept: FeedEvent[] = [];
  private readonly latest = new Map<EventName, Map<string, Latest>>();
  private readonly listeners = new Set<(event: FeedEvent) => void>();

  /** Number of the newest event; 0: none yet. */
  get newest(): number {
    return this.number;
  }

  put(name: EventName, change: StreamChange): void {
    this.keepLatest(name, change);
    const event = { number: ++this.number, name, entity: change.entity, json: JSON.stringify(change.data) };
    this.kept.push(event);
    if (this.kept.length > mostKept) this.kept.shift();
    for (const listener of this.listeners) listener(event);
  }

  /** What a client that begins later hears first. By itself it is no event: that time goes by is no news to the others. */
  keepLatest(name: EventName, { key, entity, data, isOver = false, expiresAtMs = Infinity }: StreamChange): void {
    const ofName = this.latest.get(name) ?? new Map<string, Latest>();
    this.latest.set(name, ofName);
    // Set anew, so that what has not changed for longest is forgotten first.
    ofName.delete(key);
    if (!isOver) ofName.set(key, { entity, data, expiresAtMs });
    if (ofName.size > mostLatest) ofName.delete(ofName.keys().next().value!);
  }

  /** Drops what is no longer: nothing tells of its end. */
  forget(name: EventName, isGone: (key: string) => boolean): void {
    const ofName = this.latest.get(name);
    for (const key of ofName?.keys() ?? []) if (isGone(key)) ofName!.delete(key);
  }

  /** The events after one; `undefined` where some of them are no longer kept: then only `snapshot` is complete. */
  since(number: number, interest: Interest): FeedEvent[] | undefined {
    const oldest = this.kept[0]?.number ?? this.number + 1;
    if (number > this.number || number < oldest - 1) return undefined;
    return this.kept.filter((event) => event.number > number && concerns(interest, event));
  }

  /** How everything is now that concerns the client, as one line of JSON. */
  snapshot(interest: Interest, nowMs: number): string {
    const parts = [...interest.names].map((name) => {
      const found = [...(this.latest.get(name)?.values() ?? [])]
        .filter(({ entity, expiresAtMs }) => expiresAtMs > nowMs && concerns(interest, { name, entity }))
        .map(({ data }) => JSON.stringify(data));
      return name === 'health' ? `"health":${found[0] ?? 'null'}` : `"${name}s":[${found.join()}]`;
    });
    return `{${parts.join()}}`;
  }

  /** Returns what ends it. */
  listen(interest: Interest, listener: (event: FeedEvent) => void): () => void {
    const filtered = (event: FeedEvent) => {
      if (concerns(interest, event)) listener(event);
    };
    this.listeners.add(filtered);
    return () => void this.listeners.delete(filtered);
  }
}

function concerns({ entity, names }: Interest, event: Pick<FeedEvent, 'name' | 'entity'>): boolean {
  return names.has(event.name) && (entity === undefined || event.entity === entity);
}
