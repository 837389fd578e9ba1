import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/ask.js';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 10_000, interval: 50 };
const bytes = 'omninode_database_wal_bytes_total';
const requested = 'omninode_database_checkpoints_total{trigger="requested"}';
const byBackends = 'omninode_database_buffers_written_total{writer="backend"}';

describe.each([18, 17, 'debian-15'] as const)('WAL and checkpoints of PostgreSQL %s', (version) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ version });
  });
  afterAll(() => server.stop());

  const starts = (watched: ReturnType<typeof watchServer>, series: string) =>
    watched.writer.passes.flatMap(({ starts: told }) => told[series] ?? []);

  test('are counted, and a checkpoint that somebody asks for is one', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(requested), soon).toBeDefined();
    const [walBefore, before, blocksBefore] = [bytes, requested, byBackends].map(
      (name) => watched.latest(name) as number,
    );
    await ask(server.url(), 'create table item as select generate_series(1, 30000) as id');
    await ask(server.url(), 'checkpoint');
    await expect.poll(() => watched.latest(requested), soon).toBe((before ?? 0) + 1);
    await expect.poll(() => watched.latest(bytes), soon).toBeGreaterThan((walBefore ?? 0) + 1_000_000);
    // The table has 133 blocks or so, all of them made by its backend.
    await expect.poll(() => watched.latest(byBackends), soon).toBeGreaterThan((blocksBefore ?? 0) + 100);
    expect(watched.latest(byBackends)).toBeLessThan((blocksBefore ?? 0) + 10_000);
    const done = 'omninode_database_checkpoints_done_total';
    if (version === 18) await expect.poll(() => watched.latest(done), soon).toBeGreaterThanOrEqual(1);
    else expect(watched.latest(done)).toBeUndefined();
    await expect.poll(() => [watched.status('wal'), watched.status('checkpoints')], soon).toEqual(['ok', 'ok']);
  });

  test('times are absent, not 0, while the server does not measure them (P10)', async () => {
    const watched = watchServer(server.url('omninode'));
    const written = 'omninode_database_wal_time_seconds_total{step="write"}';
    await expect.poll(() => watched.latest(bytes), soon).toBeGreaterThan(0);
    expect(watched.latest(written)).toBeUndefined();
    await ask(server.url(), 'alter system set track_wal_io_timing = on');
    await ask(server.url(), 'select pg_reload_conf()');
    await expect.poll(() => watched.latest(written), soon).toBeGreaterThanOrEqual(0);
    await ask(server.url(), 'alter system reset track_wal_io_timing');
    await ask(server.url(), 'select pg_reload_conf()');
  });

  test('a reset of one set of counters is a new start of that one only (P4)', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => starts(watched, bytes).length, soon).toBeGreaterThan(0);
    const before = starts(watched, requested).at(-1);
    const atMs = Date.now();
    await ask(server.url(), `select pg_stat_reset_shared('wal')`);
    await expect.poll(() => watched.latest(bytes), soon).toBeLessThan(1_000_000);
    expect(Math.abs((starts(watched, bytes).at(-1) ?? 0) - atMs)).toBeLessThan(3_000);
    expect(starts(watched, requested).at(-1)).toBe(before);
  });
});
