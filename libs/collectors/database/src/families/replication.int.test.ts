import { startPostgres, startReplica } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/ask.js';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 15_000, interval: 50 };
const streaming = 'omninode_database_replicas{state="streaming"}';
const behind = (stage: string) => `omninode_database_replication_lag_bytes{replica="follower",stage="${stage}"}`;
const slot = (what: string) => `omninode_database_slot_${what}{slot="follower"}`;

describe.each([18, 'debian-15'] as const)('replication of PostgreSQL %s', (version) => {
  let primary: PostgresServer;
  let replica: PostgresServer;
  beforeAll(async () => {
    const settings = { wal_level: 'replica', max_slot_wal_keep_size: '32MB', wal_keep_size: 0, max_wal_size: '32MB' };
    primary = await startPostgres({ version, settings });
    replica = await startReplica(primary, { name: 'follower' });
  });
  afterAll(async () => {
    await replica.stop();
    await primary.stop();
  });

  /** About 2 MB of WAL. */
  const write = () =>
    ask(primary.url(), 'drop table if exists item; create table item as select generate_series(1, 30000) as id');

  test('a replica that has all is behind by nothing, on both sides; one whose replay is paused by what it has not replayed', async () => {
    const [here, there] = [watchServer(primary.url('omninode')), watchServer(replica.url('omninode'))];
    await expect.poll(() => here.latest(streaming), soon).toBe(1);
    await write();
    await expect.poll(() => here.latest(behind('replayed')), soon).toBe(0);
    await expect.poll(() => there.latest('omninode_database_replay_delay_seconds'), soon).toBe(0);
    expect(there.latest('omninode_database_wal_receiver_connected')).toBe(1);
    expect(here.latest('omninode_database_wal_receiver_connected')).toBeUndefined();
    expect(here.latest('omninode_database_replay_age_seconds')).toBeUndefined();

    await ask(replica.url(), 'select pg_wal_replay_pause()');
    await write();
    await expect.poll(() => here.latest(behind('replayed')), soon).toBeGreaterThan(1_000_000);
    await expect.poll(() => here.latest(behind('flushed')), soon).toBe(0);
    await expect.poll(() => there.latest('omninode_database_replay_paused'), soon).toBe(1);
    await expect.poll(() => there.latest('omninode_database_replay_lag_bytes'), soon).toBeGreaterThan(1_000_000);
    await expect.poll(() => there.latest('omninode_database_replay_delay_seconds'), soon).toBeGreaterThan(0.1);
    await ask(replica.url(), 'select pg_wal_replay_resume()');
    await expect.poll(() => there.latest('omninode_database_replay_lag_bytes'), soon).toBe(0);
    await expect.poll(() => there.latest('omninode_database_replay_delay_seconds'), soon).toBe(0);
    expect([here.status('replication'), there.status('replication')]).toEqual(['ok', 'ok']);
    for (const family of ['wal', 'checkpoints', 'replication-slots', 'tables', 'wraparound', 'transactions']) {
      await expect.poll(() => there.status(family), soon).toBe('ok'); // none of them asks what only a primary answers (P22)
    }
  });

  test('a broken link is no delay of 0: it is not connected, its delay is unknown, its age grows (P23)', async () => {
    const there = watchServer(replica.url('omninode'));
    await expect.poll(() => there.latest('omninode_database_replay_delay_seconds'), soon).toBe(0);
    await primary.kill();
    await expect.poll(() => there.latest('omninode_database_wal_receiver_connected'), soon).toBe(0);
    const told = there.values('omninode_database_replay_delay_seconds').length;
    const age = there.latest('omninode_database_replay_age_seconds') as number;
    await expect.poll(() => there.latest('omninode_database_replay_age_seconds'), soon).toBeGreaterThan(age + 0.5);
    expect(there.values('omninode_database_replay_delay_seconds').length).toBe(told);
    await primary.restart();
    await expect.poll(() => there.latest('omninode_database_wal_receiver_connected'), soon).toBe(1);
  });

  test('a slot that nobody reads keeps WAL, comes into danger and loses it', async () => {
    const here = watchServer(primary.url('omninode'));
    await expect.poll(() => here.latest(slot('active')), soon).toBe(1);
    await replica.kill();
    await expect.poll(() => here.latest(slot('active')), soon).toBe(0);
    await expect.poll(() => here.latest(streaming), soon).toBe(0);
    await write();
    await expect.poll(() => here.latest(slot('retained_bytes')), soon).toBeGreaterThan(1_000_000);
    expect(here.latest('omninode_database_slot_wal_status{slot="follower",status="reserved"}')).toBe(1);
    expect(here.latest(slot('safe_bytes'))).toBeGreaterThan(0);
    if (version === 18) await expect.poll(() => here.latest(slot('inactive_seconds')), soon).toBeGreaterThan(0);
    else expect(here.latest(slot('inactive_seconds'))).toBeUndefined();
    for (let at = 0; at < 4; at++) {
      for (let again = 0; again < 8; again++) await write();
      await ask(primary.url(), 'select pg_switch_wal(); checkpoint');
    }
    const lost = 'omninode_database_slot_wal_status{slot="follower",status="lost"}';
    await expect.poll(() => here.latest(lost), soon).toBe(1);
    const told = here.values(slot('safe_bytes')).length;
    await expect.poll(() => here.values(lost).length, soon).toBeGreaterThan(here.values(lost).length);
    expect(here.values(slot('safe_bytes')).length).toBe(told);
    expect(here.status('replication-slots')).toBe('ok');
  });
});
