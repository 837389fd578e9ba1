import type { Client } from '@omninode/client';
import type { Rule } from '../queries.js';
import { LruCache } from './lru-cache.js';
import type { RedisTier } from './redis-tier.js';

/** Room for half of the rules: so hits are many and misses never end. */
const maxBytes = 16 * 1024;

/** Rules by resource: from this process' memory, else from Redis where there is one, else from the database. */
export class RuleCache {
  readonly memory = new LruCache(maxBytes);

  constructor(
    private readonly client: Client,
    private readonly redis: RedisTier | null,
    private readonly load: (resource: string) => Promise<Rule | undefined>,
  ) {
    const { memory } = this;
    client.watchCache('workflow_cache', () => ({
      ...memory.counts,
      entries: memory.entries,
      bytes: memory.bytes,
      maxBytes,
    }));
    if (redis) client.watchCache('workflow_cache_redis', () => ({ ...redis.counts }));
  }

  async find(resource: string): Promise<Rule | undefined> {
    return this.client.trace('workflow_cache', 'find_rule', () => this.#find(resource));
  }

  async clear(): Promise<void> {
    this.memory.clear();
    await this.redis?.clear();
  }

  async #find(resource: string): Promise<Rule | undefined> {
    const known = this.memory.get(resource) ?? (await this.#fromRedis(resource));
    if (known !== undefined) return JSON.parse(known) as Rule;
    const rule = await this.load(resource);
    if (!rule) return undefined;
    const text = JSON.stringify(rule);
    this.memory.set(resource, text);
    await this.redis?.set(resource, text);
    return rule;
  }

  async #fromRedis(resource: string): Promise<string | undefined> {
    const text = await this.redis?.get(resource);
    if (text !== undefined) this.memory.set(resource, text);
    return text;
  }
}
