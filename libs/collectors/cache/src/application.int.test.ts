import type { ServerResponse } from 'node:http';
import { Secret } from '@omninode/service-kit';
import { describe, expect, test } from 'vitest';
import { asJson, startCacheService, workflowCacheStats } from './testing/cache-service.js';
import { watchCache } from './testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };
const { performance_metrics, storage_metrics, configuration } = workflowCacheStats;

describe('an application cache', () => {
  test('is measured in the words of a Redis, by one request a pass', async () => {
    const service = await startCacheService((response) => asJson(response, workflowCacheStats));
    const watched = watchCache(service.url, { target: { cache: 'workflow_cache' } });
    await watched.passes(4);
    await watched.stop();
    const passes = watched.latest(
      'omninode_collector_family_passes_total{family="availability",status="ok"}',
    ) as number;
    expect(service.asked).toBe(passes);
    expect(watched.latest('omninode_memory_usage_bytes{cache="workflow_cache"}')).toBe(50_331_648);
    expect(watched.latest('omninode_cache_memory_limit_bytes{cache="workflow_cache"}')).toBe(128 * 1024 * 1024);
    expect(watched.latest('omninode_cache_memory_used_ratio{cache="workflow_cache"}')).toBe(0.375);
    expect(watched.latest('omninode_cache_hits_total{cache="workflow_cache"}')).toBe(900);
    expect(watched.latest('omninode_cache_entries{cache="workflow_cache",tier="disk"}')).toBe(25);
    expect(watched.latest('omninode_cache_disk_usage_bytes{cache="workflow_cache"}')).toBe(104_857_600);
    expect(watched.values('omninode_cache_hit_rate_ratio{cache="workflow_cache"}')).toEqual([]); // nobody looked anything up
    const { slowlog, commands, replication, ...others } = watched.statuses();
    expect([slowlog, commands, replication]).toEqual(['unsupported', 'unsupported', 'unsupported']);
    expect(watched.reason('commands')).toBe('An application cache does not tell of commands.');
    expect([others.memory, others.lookups, others.availability]).toEqual(['ok', 'ok', 'ok']);
  });

  test('has the hit rate of the interval, not of its life, and falling counters are a reset (R1)', async () => {
    let metrics = { ...performance_metrics };
    const service = await startCacheService((response) =>
      asJson(response, { ...workflowCacheStats, performance_metrics: metrics }),
    );
    const watched = watchCache(service.url);
    await watched.passes(2);
    metrics = { ...metrics, cache_hits: 901, cache_misses: 103 };
    const rates = () => watched.values('omninode_cache_hit_rate_ratio{cache="application"}');
    await expect.poll(rates, soon).toEqual([0.25]);
    metrics = { ...metrics, cache_hits: 2, cache_misses: 0 };
    const resets = () => watched.events('cache.application_counters_reset');
    await expect.poll(resets, soon).toEqual([{ cache: 'application' }]);
    expect(rates()).toEqual([0.25]);
    metrics = { ...metrics, cache_hits: 4 };
    await expect.poll(rates, soon).toEqual([0.25, 1]);
    await watched.stop();
  });

  test('one of several is told by its name', async () => {
    const several = {
      workflow_cache: workflowCacheStats,
      sessions: { storage_metrics: { memory_usage_bytes: 7 } },
      version: '1',
    };
    const service = await startCacheService((response) => asJson(response, several));
    const watched = watchCache(service.url);
    await expect.poll(() => watched.latest('omninode_memory_usage_bytes{cache="sessions"}'), soon).toBe(7);
    expect(watched.latest('omninode_memory_usage_bytes{cache="workflow_cache"}')).toBe(50_331_648);
    expect(watched.latest('omninode_cache_hits_total{cache="sessions"}')).toBeUndefined();
    await watched.stop();
  });

  test('user and password of the URL, or a token, are sent, and never said', async () => {
    const seen: (string | undefined)[] = [];
    const service = await startCacheService((response, { headers }) => {
      seen.push(headers.authorization);
      if (headers.authorization === 'Bearer t0ken' || headers.authorization === `Basic ${btoa('me:s3cret')}`)
        return asJson(response, workflowCacheStats);
      return void response.writeHead(401).end();
    });
    const basic = watchCache(service.url.replace('http://', 'http://me:s3cret@'));
    const bearer = watchCache(service.url, { target: { token: new Secret('t0ken') } });
    const wrong = watchCache(service.url.replace('http://', 'http://me:wr0ng@'));
    await expect.poll(() => basic.status('memory'), soon).toBe('ok');
    await expect.poll(() => bearer.status('memory'), soon).toBe('ok');
    await expect.poll(() => wrong.status('memory'), soon).toBe('auth_failed');
    expect(wrong.reason('memory')).toBe(
      `${service.place} refused our login with HTTP status 401. Check user, password or token of the target.`,
    );
    for (const watched of [basic, bearer, wrong]) {
      await watched.stop();
      expect(JSON.stringify([watched.writer.passes, watched.logger.lines])).not.toMatch(/s3cret|t0ken|wr0ng/);
    }
  });
});

describe('an address that misbehaves costs one coded status, bounded in time and memory', () => {
  test.each([
    ['200 MB', endless, 'degraded', 'is bigger than 100000 bytes and was not read'],
    ['HTML', html, 'degraded', 'not JSON (text/html)'],
    ['half a line', halfALine, 'degraded', 'not JSON (of no stated kind)'],
    ['a cut in the middle', cutOff, 'unreachable', 'ended: it stopped, restarted or was cut off'],
    ['a redirect', redirect, 'degraded', 'sends us elsewhere (HTTP status 302), which is not followed'],
    ['status 500', failure, 'degraded', 'HTTP status 500'],
    ['a byte a second', slowly, 'unreachable', 'nothing answers at this address'],
    ['other JSON', otherJson, 'degraded', 'not of the shape of get_cache_stats()'],
    ['a list', list, 'degraded', 'not of the shape of get_cache_stats()'],
  ] as const)('%s', async (_, answer, status, reason) => {
    const service = await startCacheService(answer);
    const before = process.memoryUsage().rss;
    const watched = watchCache(service.url);
    await expect.poll(() => watched.status('memory'), soon).toBe(status);
    expect(watched.reason('memory')).toContain(reason);
    await watched.stop();
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    expect(service.asked).toBeLessThan(5); // a pass asks once for all families
  });

  test('one that began to misbehave while watched, and mends itself', async () => {
    let answer: (response: ServerResponse) => void = (response) => asJson(response, workflowCacheStats);
    const service = await startCacheService((response) => answer(response));
    const watched = watchCache(service.url);
    await expect.poll(() => watched.status('memory'), soon).toBe('ok');
    answer = slowly;
    const timedOut = () =>
      watched.latest('omninode_collector_family_passes_total{family="availability",status="timed_out"}');
    await expect.poll(timedOut, soon).toBe(1);
    answer = (response) => asJson(response, workflowCacheStats);
    await expect.poll(() => watched.status('memory'), soon).toBe('ok');
    await watched.stop();
  });

  test('values that are no numbers cost their metric, not their family', async () => {
    const odd = {
      performance_metrics: { cache_hits: 'many', cache_misses: 3 },
      storage_metrics: { ...storage_metrics, memory_usage_bytes: {} },
      configuration,
    };
    const service = await startCacheService((response) => asJson(response, odd));
    const watched = watchCache(service.url);
    await expect.poll(() => watched.status('lookups'), soon).toBe('degraded');
    expect(watched.reason('lookups')).toContain('omninode_cache_hits_total is not a finite number');
    expect(watched.latest('omninode_cache_misses_total{cache="application"}')).toBe(3);
    expect(watched.latest('omninode_memory_usage_bytes{cache="application"}')).toBeUndefined();
    expect(watched.latest('omninode_cache_memory_limit_bytes{cache="application"}')).toBe(134_217_728);
    await watched.stop();
  });
});

/** As much as is taken, up to 200 MB. */
function endless(response: ServerResponse): void {
  const part = Buffer.alloc(64 * 1024, ' ');
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 200_000_000 });
  const push = () => {
    while (!response.destroyed && response.write(part));
    if (!response.destroyed) response.once('drain', push);
  };
  push();
}

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 1_000 });
  response.write('{"performance_metrics"');
  setTimeout(() => response.destroy(), 50);
}

/** The slow loris: always something, never the end. */
function slowly(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const drip = setInterval(() => response.write('{'), 200);
  response.on('close', () => clearInterval(drip));
}

function html(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
}

function halfALine(response: ServerResponse): void {
  response.end('{"performance_metrics": {"cache_h');
}

function redirect(response: ServerResponse): void {
  response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
}

function failure(response: ServerResponse): void {
  response.writeHead(500).end('boom');
}

function otherJson(response: ServerResponse): void {
  asJson(response, { status: 'healthy' });
}

function list(response: ServerResponse): void {
  asJson(response, [1, 2]);
}
