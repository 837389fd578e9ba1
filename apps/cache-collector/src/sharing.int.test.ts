import { startRedis, unavailable } from '@omninode/local-services';
import { sharedIds, sharesTargets } from '@omninode/testing';
import { describe } from 'vitest';

describe.skipIf(unavailable('redis'))('Redis', () =>
  sharesTargets({
    app: 'cache-collector',
    async start() {
      const redis = await startRedis();
      const targets = sharedIds.map((id) => ({ id, kind: 'cache', url: `redis://127.0.0.1:${redis.port}` }));
      return { targets, stop: () => redis.stop() };
    },
    settings: { interval: '1s' },
    counters: /^omninode_cache_(keys_expired|evictions|hits|misses)_total$/,
  }),
);
