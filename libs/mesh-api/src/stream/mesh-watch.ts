import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { healthDocument } from '../health/health-document.js';
import { judge } from '../health/judge.js';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { targetDocument } from '../targets/target-documents.js';
import { Feed } from './feed.js';
import { STREAM_SOURCES, type StreamSource } from './stream-source.js';

/** How often health and targets are looked at, ms. */
const everyMs = 1_000;

/** Puts on the feed what changes: health and targets by looking, all else as its source tells. */
@Injectable()
export class MeshWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly feed = new Feed();
  private readonly told = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private ends: (() => Promise<void>)[] = [];

  constructor(
    @Inject(MESH_VIEW) private readonly view: MeshView,
    @Inject(STREAM_SOURCES) private readonly sources: readonly StreamSource[],
  ) {}

  onApplicationBootstrap(): void {
    this.look();
    this.timer = setInterval(() => this.look(), everyMs);
    this.ends = this.sources.map(({ event, subscribe }) => subscribe((change) => this.feed.put(event, change)));
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.ends.map((end) => end()));
  }

  private look(): void {
    const { view, feed, told } = this;
    const health = judge(view);
    const { components: _components, ...verdict } = healthDocument(health, view.summaries(), view.nowMs());
    this.tell('health', '', undefined, verdict);
    const present = new Set<string>();
    for (const target of health.targets) {
      const key = `${target.kind}/${target.id}`;
      present.add(key);
      this.tell('target', key, target.id, targetDocument(target));
    }
    feed.forget('target', (key) => !present.has(key));
    for (const key of told.keys()) if (key !== 'health ' && !present.has(key.slice('target '.length))) told.delete(key);
  }

  private tell(name: 'health' | 'target', key: string, entity: string | undefined, data: object): void {
    const said = whatMatters(data);
    if (this.told.get(`${name} ${key}`) === said) return this.feed.keepLatest(name, { key, entity, data });
    this.told.set(`${name} ${key}`, said);
    this.feed.put(name, { key, entity, data });
  }
}

/** That time goes by is no change: neither when something was looked at, nor for how many seconds nothing has come. */
function whatMatters(data: object): string {
  return JSON.stringify(data, (field, value: unknown) => {
    if (field === 'checked_at' || field === 'last_data_at' || field === 'data') return undefined;
    return field === 'reason' && typeof value === 'string' ? value.replace(/\d+/g, '0') : value;
  });
}
