import { startRedis, type RedisServer } from '@omninode/local-services';
import { afterAll, beforeAll, test } from 'vitest';
import { redisCommands } from './testing/redis-commands.js';
import { again, startWatching, type WatchingProduct } from './testing/watching-product.js';

/** The shipped rules on real Redis servers that the real collector watches. */
let full: RedisServer;
let crowded: RedisServer;
let primary: RedisServer;
let replica: RedisServer;
let product: WatchingProduct;

beforeAll(async () => {
  const small = (policy: string) => startRedis({ settings: { maxmemory: '2mb', 'maxmemory-policy': policy } });
  [full, crowded, primary] = await Promise.all([small('noeviction'), small('allkeys-lru'), startRedis()]);
  replica = await startRedis({ settings: { replicaof: `127.0.0.1 ${primary.port}` } });
  await redisCommands(crowded, 'ACL SETUSER watcher on >secret allcommands allkeys');
  const cache = (id: string, url: string) => ({ id, kind: 'cache', url });
  product = await startWatching({
    config: {
      targets: [
        cache('full', full.url),
        cache('crowded', crowded.url.replace('redis://', 'redis://watcher:secret@')),
        cache('primary', primary.url),
        cache('replica', replica.url),
      ],
      collectors: { cache: { interval: '1s', refusalPause: '1s' } },
    },
    minute: 2,
  });
});
afterAll(async () => {
  await product?.stop();
  await replica?.stop();
  await Promise.all([full?.stop(), crowded?.stop(), primary?.stop()]);
});

const slow = { timeout: 120_000 };

test.concurrent('a cache that takes no more', slow, async () => {
  await product.proves('CacheWritesRefused', { target: 'full' }, async () => again(200, () => write(full)));
});

test.concurrent('a cache that throws out what it holds, and one that does not tell all', slow, async () => {
  const target = { target: 'crowded' };
  await product.proves('CacheEvictionPressure', target, async () => again(200, () => write(crowded)));
  await product.proves('FamilyFailing', { ...target, family: 'slowlog' }, async () => {
    await redisCommands(crowded, 'ACL SETUSER watcher -slowlog');
    return () => redisCommands(crowded, 'ACL SETUSER watcher +slowlog');
  });
});

test.concurrent('lookups in vain', slow, async () => {
  await redisCommands(primary, 'SET here 1');
  const look = (key: string) => again(200, () => redisCommands(primary, ...Array<string>(20).fill(`GET ${key}`)));
  let found: (() => Promise<void>) | undefined;
  await product.proves('low_cache_hit_rate', { target: 'primary' }, async () => {
    const vain = look('nowhere');
    return async () => {
      await vain();
      found = look('here');
    };
  });
  await found?.();
});

test.concurrent('a replica that has lost its primary', slow, async () => {
  await product.proves('CacheReplicationLinkDown', { target: 'replica' }, async () => {
    await redisCommands(replica, 'REPLICAOF 127.0.0.1 1');
    return () => redisCommands(replica, `REPLICAOF 127.0.0.1 ${primary.port}`);
  });
});

/** More keys than 2 MB hold, within a second or two. */
function write(server: RedisServer): Promise<void> {
  const keys = Array.from({ length: 60 }, () => `SET key${Math.random()} ${'x'.repeat(10_000)}`);
  return redisCommands(server, ...keys);
}
