import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 10_000, interval: 50 };

describe.each([18, 'debian-15'] as const)('availability and connections of PostgreSQL %s', (version) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ version, authentication: { password: 'right' } });
  });
  afterAll(() => server.stop());

  test('are measured', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect
      .poll(() => watched.values('omninode_database_probe_seconds').length, { timeout: 5_000 })
      .toBeGreaterThan(2);
    expect(watched.latest('omninode_collector_target_up')).toBe(1);
    expect(watched.latest('omninode_database_connect_seconds')).toBeGreaterThan(0.001);
    expect(watched.latest('omninode_database_server_version')).toBeGreaterThan(version === 18 ? 180_000 : 150_000);
    expect(watched.latest('omninode_database_in_recovery')).toBe(0);
    expect(watched.latest('omninode_database_start_timestamp_seconds')).toBeCloseTo(Date.now() / 1000, -2);
    expect(watched.latest('omninode_max_connections{service="postgresql",pool="server"}')).toBe(97);
    await expect
      .poll(() => [watched.status('availability'), watched.status('connections')], soon)
      .toEqual(['ok', 'ok']);
    expect(watched.latest('omninode_collector_connections_opened_total')).toBe(1);
    await watched.stop();
  });
});
