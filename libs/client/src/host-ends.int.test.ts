import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startIngestServer } from './testing/ingest-server.js';
import type { IngestServer } from './testing/ingest-server.js';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngestServer();
  // Slow enough that something is under way at any moment.
  server.answerWith((response, received) => {
    server.take(received);
    setTimeout(() => response.writeHead(202).end(), 10);
  });
});
afterEach(() => server.stop());

test('a host that exits while its client sends loses at most what the client counted as waiting', async () => {
  for (let round = 0; round < 3; round++) {
    const before = server.bus.records.length;
    const { code, stats } = await run('exits while it sends', server.url);
    await sleep(50);
    const received = new Set(server.bus.records.slice(before).map(({ sequence }) => sequence));
    const written = stats.sentRecords + stats.queuedRecords + stats.dropped;
    expect(code).toBe(0);
    expect(stats.sentRecords).toBeGreaterThan(0);
    expect(stats.queuedRecords).toBeGreaterThan(0);
    // What was acknowledged is there; what is missing was still waiting.
    for (let sequence = 1; sequence <= stats.sentRecords; sequence++) expect(received).toContain(sequence);
    expect(written - received.size).toBeLessThanOrEqual(stats.queuedRecords);
    expect(Math.max(...(received as Set<number>))).toBeLessThanOrEqual(written);
  }
}, 60_000);

test.each([
  ['answers', undefined],
  ['never answers', () => undefined],
])('a host that has nothing more to do is not kept alive by a mesh that %s', async (_, answer) => {
  if (answer) server.answerWith(answer);
  const { code, tookMs } = await run('comes to its end', server.url);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(5_000);
  expect(server.requests.length).toBeGreaterThan(0);
});

test('a host that breaks ends with its own error', async () => {
  const { code, errors } = await run('throws', server.url);
  expect(code).not.toBe(0);
  expect(errors).toContain('the host broke');
});

test('a host whose mesh is away runs and ends as ever, and knows what was not sent', async () => {
  await server.stop();
  const { code, stats, errors, tookMs } = await run('closes', server.url);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(stats.sentRecords).toBe(0);
  expect(stats.dropped).toBeGreaterThan(0);
  expect(stats.queuedRecords).toBe(0);
  expect(tookMs).toBeLessThan(6_000);
  server = await startIngestServer();
});

async function run(what: string, url: string) {
  const startedMs = performance.now();
  const program = join(import.meta.dirname, 'fault-injection/run-host.mjs');
  const child = spawn(process.execPath, [program, what, url], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number];
  const stats = JSON.parse(output) as { sentRecords: number; queuedRecords: number; dropped: number };
  return { code, stats, errors, tookMs: performance.now() - startedMs };
}
