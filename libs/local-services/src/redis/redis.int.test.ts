import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exchange } from '../process/exchange.js';
import { reportMissing } from '../missing.js';
import { missingRedis } from './program.js';
import { redisAnswers, startRedis } from './redis.js';
import type { RedisServer } from './redis.js';

/** Sends commands as lines; answers are single lines. */
async function ask(server: RedisServer, ...lines: readonly string[]) {
  const { host, port } = server;
  const request = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
  const isComplete = (answer: Buffer) => answer.toString().split('\r\n').length > lines.length;
  const signal = AbortSignal.timeout(2_000);
  return (await exchange({ host, port, request, isComplete, signal })).toString().trim().split('\r\n');
}

describe.each(['installed', 'packaged'] as const)('Redis, %s', (program) => {
  test.skipIf(reportMissing(`Redis (${program})`, missingRedis(program)))(
    'answers, survives kill -9, and leaves nothing behind',
    async () => {
      const server = await startRedis({ program, password: 's3 "cret', settings: { maxmemory: '7mb' } });
      expect(server.version).toMatch(program === 'packaged' ? /v=6\.2\./ : /^(Redis|Valkey) server v=\d+\.\d+/);
      expect(server.url).toBe(`redis://:s3%20%22cret@127.0.0.1:${server.port}`);
      expect(await ask(server, 'PING')).toEqual([expect.stringContaining('NOAUTH')]);
      expect(await ask(server, 'AUTH "s3 \\"cret"', 'SET key 1', 'INCR key')).toEqual(['+OK', '+OK', ':2']);
      const firstPid = server.pid;
      await server.kill();
      await expect(ask(server, 'PING')).rejects.toThrow('ECONNREFUSED');
      await server.restart();
      expect(server.pid).not.toBe(firstPid);
      const folder = dirname(server.logFile);
      await server.stop();
      expect(existsSync(folder)).toBe(false);
    },
  );
});

test.skipIf(reportMissing('Redis', missingRedis()))(
  'pauses and resumes, and a replica can be made by a setting',
  async () => {
    const server = await startRedis();
    const replica = await startRedis({ settings: { replicaof: `${server.host} ${server.port}` } });
    await ask(server, 'SET key 5');
    await expect
      .poll(() => ask(replica, 'INCR key'), { timeout: 5_000 })
      .toEqual([expect.stringContaining('READONLY')]);
    server.pause();
    await expect(redisAnswers(server.host, server.port, AbortSignal.timeout(200))).rejects.toThrow('timeout');
    server.resume();
    await redisAnswers(server.host, server.port, AbortSignal.timeout(2_000));
    await Promise.all([server.stop(), replica.stop()]);
  },
);

test.skipIf(reportMissing('Redis', missingRedis()))(
  'a setting that Redis refuses is an error with its words',
  async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'omninode-test-')), 'redis');
    await expect(startRedis({ folder, settings: { maxmemory: 'plenty' } })).rejects.toMatchObject({
      code: 'SERVER_ENDED',
      message: expect.stringContaining('maxmemory') as string,
    });
    rmSync(dirname(folder), { recursive: true });
  },
);
