import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { RequestListener, ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { page, serve } from './testing/serve.js';
import { watchPage } from './testing/watch-page.js';

const soon = { timeout: 10_000, interval: 20 };
const closed = 'resilience4j_circuitbreaker_state{name="a",state="closed"} 1\n';
const series = (metric: string, more = '') => `omninode_circuit_breaker_${metric}{component="a"${more}}`;
const status = (state: string) => series('status', `,criticality="unspecified",state="${state}"`);

/** Sends the same piece as long as it is taken, up to `bytes`. Says how many went out. */
function flood(piece: Buffer, bytes: number, sent: { bytes: number }): RequestListener {
  return (_, response) => {
    response.setHeader('content-type', 'text/plain');
    const more = () => {
      while (sent.bytes < bytes && !response.destroyed) {
        sent.bytes += piece.length;
        if (!response.write(piece)) return;
      }
      if (sent.bytes >= bytes) response.end();
    };
    response.on('drain', more);
    more();
  };
}

describe('too much', () => {
  test('200 MB are given up at the limit, and cost no memory to speak of', async () => {
    const sent = { bytes: 0 };
    const piece = Buffer.from('some_other_metric{with="labels"} 1\n'.repeat(2_000));
    const url = await serve(flood(piece, 200_000_000, sent));
    const before = process.memoryUsage().rss;
    const watched = watchPage(url, { intervalsMs: { fast: 60_000, medium: 60_000, slow: 60_000 } });
    await expect.poll(watched.reason, { ...soon, timeout: 70_000 }).toContain('answers with more than 8388608 bytes');
    expect(watched.status()).toBe('degraded');
    expect(sent.bytes).toBeLessThan(40_000_000); // what lies in the buffers of both ends
    expect(process.memoryUsage().rss - before).toBeLessThan(120_000_000);
  }, 90_000);

  test('a small answer that unpacks to 200 MB is measured as it is unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(200_000_000, 'metric 1\n'));
    const url = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(packed);
    });
    expect(packed.length).toBeLessThan(1_000_000);
    const watched = watchPage(url);
    await expect.poll(watched.reason, soon).toContain('answers with more than');
  });
});

describe('too slow', () => {
  /** One byte now and then, without end. */
  const drip = (text: string) => async (response: ServerResponse) => {
    for (const letter of text.repeat(1_000)) {
      if (response.destroyed) return;
      response.write(letter);
      await sleep(50);
    }
  };

  test('a page that drips is given up at the deadline', async () => {
    const url = await serve((_, response) => void drip(closed)(response));
    const watched = watchPage(url, { deadlineMs: 300 });
    await expect.poll(watched.status, soon).toBe('timed_out');
    expect(watched.reason()).toContain('No answer within 300 ms');
    expect(watched.latest(status('closed'))).toBeUndefined();
  });

  test('one that takes the request and never answers, and an end in the midst of it', async () => {
    const url = await serve(() => undefined);
    const watched = watchPage(url, { deadlineMs: 60_000 });
    await sleep(300);
    const beganMs = performance.now();
    await watched.stop();
    expect(performance.now() - beganMs).toBeLessThan(1_000);
  });
});

describe('something else', () => {
  const html = '<!DOCTYPE html><html><body>Sign in</body></html>';

  test.each<[string, RequestListener, string, string]>([
    [
      'a web page',
      (_, response) => void response.setHeader('content-type', 'text/html; charset=utf-8').end(html),
      'unsupported',
      'web page (text/html',
    ],
    [
      'a web page that says it is none',
      (_, response) => void response.setHeader('content-type', 'text/plain').end(html),
      'unsupported',
      'web page (text/plain',
    ],
    ['401', (_, response) => void response.writeHead(401).end(), 'auth_failed', 'status 401'],
    ['403', (_, response) => void response.writeHead(403).end(), 'permission', 'status 403'],
    ['404', (_, response) => void response.writeHead(404).end(), 'unsupported', 'nothing at this path'],
    ['503', (_, response) => void response.writeHead(503).end(), 'degraded', 'status 503'],
    ['204', (_, response) => void response.writeHead(204).end(), 'degraded', 'status 204'],
    [
      'bytes that are no text',
      (_, response) => void response.end(Buffer.from(Array.from({ length: 5_000 }, (__, at) => at % 256))),
      'degraded',
      'in the middle of a line',
    ],
    [
      'half a line',
      page(() => `${closed}resilience4j_circuitbreaker_state{name="b",st`),
      'degraded',
      'in the middle of a line',
    ],
    ['no HTTP', ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'unreachable', 'does not speak HTTP'],
  ])('%s', async (_, answer, expected, reason) => {
    const watched = watchPage(await serve(answer));
    await expect.poll(watched.status, soon).toBe(expected);
    expect(watched.reason()).toContain(reason);
  });

  test('an answer that ends before it is whole', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '5000' });
      response.write(closed);
      setTimeout(() => response.destroy(), 20);
    });
    const watched = watchPage(url);
    await expect.poll(watched.status, soon).toBe('unreachable');
    expect(watched.reason()).toContain('before its answer was whole');
    expect(watched.latest(status('closed'))).toBeUndefined();
  });

  test.each([
    ['a port that HTTP clients do not use', 'http://127.0.0.1:1/metrics', 'The port of 127.0.0.1:1 is one'],
    [
      'a host that is not known',
      'http://no-such-host.invalid/metrics',
      'The host of no-such-host.invalid:80 is not known',
    ],
  ])('%s', async (_, url, reason) => {
    const watched = watchPage(url);
    await expect.poll(watched.status, soon).toBe('unreachable');
    expect(watched.reason()).toContain(reason);
  });
});

test('a service that stops and comes back', async () => {
  const server = createServer(page(() => closed)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const watched = watchPage(`http://127.0.0.1:${port}/`);
  await expect.poll(watched.status, soon).toBe('ok');
  server.close();
  server.closeAllConnections();
  await expect.poll(watched.status, soon).toBe('unreachable');
  expect(watched.reason()).toContain(`Nothing listens at 127.0.0.1:${port}`);
  expect(watched.latest('omninode_collector_target_up')).toBe(0);
  const again = createServer(page(() => closed)).listen(port, '127.0.0.1');
  onTestFinished(() => void again.close());
  await expect.poll(watched.status, soon).toBe('ok');
});

describe('redirects', () => {
  test('within a host they are followed, and the credentials with them', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      if (request.url === '/metrics') return void response.writeHead(302, { location: '/metrics/' }).end();
      page(() => closed)(request, response);
    });
    const watched = watchPage(`${url}/metrics`.replace('//', '//me:s3cret@'));
    await expect.poll(() => watched.latest(status('closed')), soon).toBe(1);
    const basic = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
    expect(seen.slice(0, 2)).toEqual([`/metrics ${basic}`, `/metrics/ ${basic}`]);
  });

  test('to another host they are not: it would get the credentials', async () => {
    let visits = 0;
    const other = await serve((_, response) => void (visits++, response.end(closed)));
    const url = await serve(
      (_, response) => void response.writeHead(307, { location: `${other}/?token=s3cret` }).end(),
    );
    const watched = watchPage(url);
    await expect.poll(watched.status, soon).toBe('unsupported');
    expect(watched.reason()).toContain(`another host, ${new URL(other).host}`);
    expect(watched.reason()).not.toContain('s3cret');
    expect(visits).toBe(0);
  });

  test('in a circle they end', async () => {
    const url = await serve((_, response) => void response.writeHead(302, { location: '/' }).end());
    const watched = watchPage(url);
    await expect.poll(watched.reason, soon).toContain('redirects more than 3 times');
  });
});

test('no secret is in an error, a log line, a label or an event', async () => {
  const url = (await serve((_, response) => void response.writeHead(401).end())).replace('//', '//me:s3cret@');
  const watched = watchPage(`${url}/metrics?token=s3cret`);
  await expect.poll(watched.status, soon).toBe('auth_failed');
  const said = JSON.stringify([watched.writer.passes, watched.logger.lines, watched.reason()]);
  expect(said).not.toContain('s3cret');
});

test('ten thousand random names: capped and counted', async () => {
  let pass = 0;
  const url = await serve(
    page(
      () => Array.from({ length: 10_000 }, (_, at) => closed.replace('"a"', `"${pass}-${at}"`)).join('') + (pass++, ''),
    ),
  );
  const watched = watchPage(url, { intervalsMs: { fast: 300, medium: 300, slow: 300 } });
  await expect.poll(() => pass, soon).toBeGreaterThan(3);
  await expect.poll(watched.status, soon).toBe('degraded');
  expect(watched.reason()).toContain('10000 breakers, and 500 are followed');
  await expect
    .poll(() => watched.latest('omninode_collector_family_label_sets_cut{family="breakers"}'), soon)
    .toBe(9_500);
  expect(JSON.stringify(watched.memory.current).length).toBeLessThan(1_000_000);
});

describe('counters', () => {
  const process = (startSeconds: number, { state = 'closed', openings = 0, rejected = 0 }) =>
    `process_start_time_seconds ${startSeconds}\nft_circuitbreaker_opened_total{method="a"} ${openings}\nft_circuitbreaker_calls_total{method="a",circuitBreakerResult="circuitBreakerOpen"} ${rejected}\nft_circuitbreaker_state_current{method="a",state="${state}"} 1\n`;

  test('an opening of 200 ms between two passes, and one restart after the other, are counted once each', async () => {
    let text = process(1_000, {});
    const watched = watchPage(await serve(page(() => text)));
    await expect.poll(() => watched.latest(series('trips_total')), soon).toBe(0);
    text = process(1_000, { openings: 1, rejected: 3 });
    await expect.poll(() => watched.latest(series('trips_total')), soon).toBe(1);
    expect(watched.latest(status('closed'))).toBe(1);
    text = process(2_000, { openings: 2 }); // a new process that opened twice already
    await expect.poll(() => watched.latest(series('trips_total')), soon).toBe(3);
    text = process(3_000, { openings: 1 });
    await expect.poll(() => watched.latest(series('trips_total')), soon).toBe(4);
    await sleep(300);
    expect(watched.latest(series('trips_total'))).toBe(4);
    const told = watched.writer
      .events('circuit_breaker.transition')
      .filter(({ attributes }) => attributes.to === 'open');
    expect(told.map(({ attributes }) => attributes.count ?? 1)).toEqual([1, 2, 1]);
  });

  test('the clock of the collector steps back and forth', async () => {
    let offsetMs = 0;
    const { systemClock } = await import('@omninode/collector-kit');
    const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + offsetMs };
    let state = 'closed';
    const watched = watchPage(await serve(page(() => process(1_000, { state, openings: state === 'open' ? 1 : 0 }))), {
      clock,
    });
    await expect.poll(() => watched.latest(status('closed')), soon).toBe(1);
    for (const step of [-3_600_000, 7_200_000, 0]) {
      offsetMs = step;
      await sleep(250);
    }
    state = 'open';
    await expect.poll(() => watched.latest(series('trips_total')), soon).toBe(1);
    const seconds = watched.writer.passes.flatMap(
      ({ points }) => points[series('state_seconds_total', ',state="closed"')] ?? [],
    );
    expect(seconds.toSorted((a, b) => a - b)).toEqual(seconds); // it never falls
    expect(Math.max(...seconds)).toBeLessThan(60);
    expect(watched.latest('omninode_collector_family_failures_total{family="breakers"}')).toBe(0);
  });
});
