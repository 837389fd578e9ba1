import { startRedis, unavailable } from '@omninode/local-services';
import type { RedisServer } from '@omninode/local-services';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestConnection } from '../testing/ask-redis.reader.js';
import { watchCache } from '../testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };
const total = 'omninode_cache_slow_commands_total';
const lost = 'omninode_cache_slow_commands_lost_total';

describe.skipIf(unavailable('redis')).each(['installed', 'packaged'] as const)(
  'the slowlog of an %s Redis',
  (program) => {
    let server: RedisServer;
    let connection: Awaited<ReturnType<typeof openTestConnection>>;
    const run = (...[command, ...args]: [string, ...(string | number)[]]) => connection.run(command, ...args);
    beforeEach(async () => {
      server = await startRedis({ program, settings: { 'slowlog-log-slower-than': 0, 'slowlog-max-len': 128 } });
      connection = await openTestConnection(server.url);
      await run('CONFIG', 'SET', 'slowlog-log-slower-than', -1);
      await run('SLOWLOG', 'RESET');
    });
    afterEach(async () => {
      connection.close();
      await server.stop();
    });

    /** Runs commands that all count as slow. The server is told not to log any others. */
    async function slow(commands: readonly [string, ...(string | number)[]][]): Promise<void> {
      await run('CONFIG', 'SET', 'slowlog-log-slower-than', 0);
      for (const command of commands) await run(...command);
      await run('CONFIG', 'SET', 'slowlog-log-slower-than', -1);
    }

    const ids = (watched: ReturnType<typeof watchCache>) =>
      watched.events('cache.slow_command').map(({ id }) => id as number);

    test('is told by id, each entry once, without arguments and without our own commands (R3, R16)', async () => {
      const watched = watchCache(server.url);
      await expect.poll(() => watched.status('slowlog'), soon).toBe('ok');
      await watched.passes(2);
      const before = watched.latest(total);
      await run('CONFIG', 'SET', 'slowlog-log-slower-than', 0);
      await run('SET', 'user:4711', 'hunter2');
      await run('CONFIG', 'GET', 'maxmemory');
      await run('MSET', ...Array.from({ length: 80 }, (_, at) => `hunter${at}`));
      await watched.passes(4); // what we ask is slow now too
      const logged = (await run('SLOWLOG', 'GET', 128)) as unknown[][];
      expect(logged.filter((entry) => entry[5] === 'omninode-mesh').length).toBeGreaterThan(2);
      await run('CONFIG', 'SET', 'slowlog-log-slower-than', -1);
      await watched.passes(3);
      await watched.stop();
      const events = watched.events('cache.slow_command');
      expect(events.map(({ command, argument_count }) => [command, argument_count])).toEqual(
        expect.arrayContaining([
          ['set', 2],
          ['config|get', 2],
          ['mset', 80],
        ]),
      );
      expect(new Set(ids(watched)).size).toBe(events.length);
      expect(ids(watched)).toEqual(ids(watched).toSorted((one, other) => one - other));
      expect(
        events.every(({ at_ms: at, duration_seconds: took }) => Number(at) > Date.now() - 60_000 && Number(took) < 1),
      ).toBe(true);
      expect(events.map(({ command }) => command)).not.toContain('info');
      expect(watched.latest(total)).toBeGreaterThanOrEqual((ids(watched).at(-1) as number) + 1);
      expect(before === undefined || before < (watched.latest(total) as number)).toBe(true);
      expect(watched.latest(lost)).toBe(0);
      const said = JSON.stringify([watched.writer.passes, watched.memory, watched.logger.lines]);
      expect(said).not.toMatch(/hunter|4711/);
    });

    test('goes on where an owner before stopped: nothing twice, nothing missed', async () => {
      const first = watchCache(server.url);
      await expect.poll(() => first.status('slowlog'), soon).toBe('ok');
      await slow([['PING'], ['PING']]);
      await expect.poll(() => ids(first).length, soon).toBeGreaterThan(1);
      await first.stop();
      await slow([['ECHO', 'x']]);
      const second = watchCache(server.url, {
        memory: JSON.parse(JSON.stringify(first.memory.current)) as Record<string, unknown>,
      });
      await expect
        .poll(() => second.events('cache.slow_command').some(({ command }) => command === 'echo'), soon)
        .toBe(true);
      await second.passes(2);
      await second.stop();
      const all = [...ids(first), ...ids(second)];
      expect(new Set(all).size).toBe(all.length);
      expect(all).toEqual(Array.from({ length: all.length }, (_, at) => (all[0] as number) + at));
      expect(second.latest(lost)).toBe(0);
    });

    test('a burst beyond one answer is fetched to its end; what left before is counted', async () => {
      const watched = watchCache(server.url);
      await watched.passes(2);
      await slow(Array.from({ length: 100 }, () => ['PING']));
      await expect.poll(() => ids(watched).length, soon).toBeGreaterThanOrEqual(100);
      expect(watched.latest(lost)).toBe(0);
      await watched.stop();

      await slow(Array.from({ length: 300 }, () => ['PING']));
      const later = watchCache(server.url, { memory: watched.memory.current });
      await expect.poll(() => ids(later).length, soon).toBe(128);
      await later.passes(2);
      await later.stop();
      const told = ids(watched).length + ids(later).length;
      expect(told + (later.latest(lost) as number)).toBe((later.latest(total) as number) - (ids(watched)[0] as number));
      expect(later.events('cache.slowlog_reset')).toEqual([]); // pushed out, not removed
    });

    test('SLOWLOG RESET is noticed, ids go on, and nothing is told twice (R3)', async () => {
      const watched = watchCache(server.url);
      await watched.passes(2);
      await slow([['PING'], ['PING'], ['PING']]);
      await expect.poll(() => ids(watched).length, soon).toBeGreaterThan(2);
      const before = ids(watched).length;
      await run('SLOWLOG', 'RESET');
      await expect.poll(() => watched.events('cache.slowlog_reset'), soon).toEqual([{ lost: 0 }]);
      const counted = watched.latest(total) as number;
      await slow([['ECHO', 'x']]);
      await expect.poll(() => ids(watched).length, soon).toBeGreaterThan(before);
      await watched.passes(3);
      await watched.stop();
      expect(watched.events('cache.slowlog_reset')).toHaveLength(1);
      expect(watched.latest(total)).toBeGreaterThan(counted);
      expect(new Set(ids(watched)).size).toBe(ids(watched).length);
    });

    test('a restart begins ids anew: entries of the new run are told although their ids were told before (R3)', async () => {
      const watched = watchCache(server.url);
      await watched.passes(2);
      await slow([['PING'], ['PING'], ['PING']]);
      await expect.poll(() => ids(watched).length, soon).toBeGreaterThan(2);
      const before = ids(watched).length;
      connection.close();
      await server.kill();
      await server.restart();
      connection = await openTestConnection(server.url);
      await slow([['ECHO', 'x']]);
      await expect
        .poll(
          () =>
            watched
              .events('cache.slow_command')
              .slice(before)
              .map(({ command }) => command),
          soon,
        )
        .toContain('echo');
      await watched.passes(2);
      await watched.stop();
      expect(Math.min(...ids(watched).slice(before))).toBe(0);
      expect(watched.events('cache.slowlog_reset')).toEqual([]);
    });
  },
);
