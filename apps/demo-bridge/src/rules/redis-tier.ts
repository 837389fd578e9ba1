import type { OnApplicationShutdown } from '@nestjs/common';
import { errorCode } from '@omninode/contracts';
import { stateLog } from '@omninode/service-kit';
import type { Logger, StateLog } from '@omninode/service-kit';
import { Redis } from 'ioredis';

const keptSeconds = 120;
const prefix = 'bridge:rule:';

/** The part of the cache that all instances share. A Redis that does not answer costs what it would have saved, and nothing else. */
export class RedisTier implements OnApplicationShutdown {
  readonly counts = { hits: 0, misses: 0 };
  readonly #redis: Redis;
  readonly #log: StateLog;

  constructor(url: string, logger: Logger) {
    this.#log = stateLog(logger);
    this.#redis = new Redis(url, {
      connectionName: 'demo-bridge',
      connectTimeout: 1_000,
      commandTimeout: 500,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
    });
    this.#redis.on('error', (error) => this.#failing(error));
    this.#redis.on('ready', () => this.#log.working('redis', 'Redis can be used now.'));
  }

  async get(key: string): Promise<string | undefined> {
    try {
      const value = await this.#redis.get(prefix + key);
      this.counts[value === null ? 'misses' : 'hits'] += 1;
      return value ?? undefined;
    } catch (error) {
      this.#failing(error);
      return undefined;
    }
  }

  async set(key: string, value: string): Promise<void> {
    await this.#redis.set(prefix + key, value, 'EX', keptSeconds).catch((error: unknown) => this.#failing(error));
  }

  async clear(): Promise<void> {
    await this.#redis.flushdb().catch((error: unknown) => this.#failing(error));
  }

  onApplicationShutdown(): void {
    this.#redis.disconnect();
  }

  #failing(error: unknown): void {
    this.#log.failing('redis', 'Redis can not be used.', { code: errorCode(error) });
  }
}
