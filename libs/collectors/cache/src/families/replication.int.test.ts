import { startRedis, unavailable } from '@omninode/local-services';
import { expect, onTestFinished, test } from 'vitest';
import { openTestConnection } from '../testing/ask-redis.reader.js';
import { watchCache } from '../testing/watch-cache.js';

const soon = { timeout: 20_000, interval: 30 };
const lag = 'omninode_cache_replication_lag_bytes';

test.skipIf(unavailable('redis'))('how far a replica is behind, seen from both sides', async () => {
  const primary = await startRedis({ settings: { 'repl-diskless-sync-delay': 0, 'repl-timeout': 60 } });
  const watched = watchCache(primary.url);
  await watched.passes(2);
  expect(watched.latest('omninode_cache_replicas{state="online"}')).toBe(0);
  expect(watched.latest(lag)).toBeUndefined();
  expect(watched.latest('omninode_cache_replication_link_up')).toBeUndefined();

  const replica = await startRedis({ settings: { replicaof: `127.0.0.1 ${primary.port}` } });
  const other = watchCache(replica.url);
  await expect.poll(() => watched.latest('omninode_cache_replicas{state="online"}'), soon).toBe(1);
  await expect.poll(() => other.latest('omninode_cache_replication_link_up'), soon).toBe(1);
  await expect.poll(() => watched.latest(lag), soon).toBe(0);
  expect(watched.latest('omninode_cache_replication_resyncs_total{kind="full"}')).toBe(1);
  expect(other.latest('omninode_cache_role{role="replica"}')).toBe(1);
  expect(other.latest('omninode_cache_replication_link_down_seconds')).toBeUndefined();
  expect(other.latest('omninode_cache_replication_sync_in_progress')).toBe(0);

  replica.pause();
  onTestFinished(() => replica.resume());
  const connection = await openTestConnection(primary.url);
  for (let at = 0; at < 20; at++) await connection.run('SET', `key:${at}`, 'x'.repeat(10_000));
  await expect.poll(() => watched.latest(lag), soon).toBeGreaterThan(200_000);
  await expect
    .poll(() => watched.latest('omninode_cache_replication_acknowledged_age_seconds'), soon)
    .toBeGreaterThan(1);
  replica.resume();
  await expect.poll(() => watched.latest(lag), soon).toBe(0);

  await primary.kill();
  await expect.poll(() => other.latest('omninode_cache_replication_link_up'), soon).toBe(0);
  await expect.poll(() => other.latest('omninode_cache_replication_link_down_seconds'), soon).toBeGreaterThan(0);
  expect(other.status('replication')).toBe('ok');
  connection.close();
  await Promise.all([watched.stop(), other.stop()]);
  await replica.stop();
});
