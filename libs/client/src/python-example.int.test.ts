import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startIngestServer, status } from './testing/ingest-server.js';
import type { IngestServer } from './testing/ingest-server.js';
import { recordsContentType } from './transport/http-bus.js';

const example = fileURLToPath(new URL('../../../examples/python/send_rows.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version'], { timeout: 10_000 }).status === 0;
const needsPython = test.skipIf(!hasPython);
if (!hasPython)
  console.warn('skipped: python3 is not on the PATH; install Python 3.9 or newer to test examples/python');

let server: IngestServer;
beforeAll(async () => void (server = await startIngestServer()));
afterEach(() => {
  server.answerWith();
  server.requests.length = 0;
});
afterAll(() => server.stop());

test('the example needs nothing but the standard library and the example beside it', () => {
  const lines = readFileSync(example, 'utf8').split('\n');
  const imports = lines.filter((line) => /^\s*(import|from)\s/.test(line)).map((line) => line.split(' ')[1]);
  expect(imports).toEqual([
    'base64',
    'json',
    'os',
    'sys',
    'time',
    'urllib.error',
    'urllib.request',
    'omninode_records',
  ]);
});

needsPython('what Python sends, readers take', async () => {
  expect(await send(['shop', 'shop_orders_total=3', 'shop_queue_depth=7'])).toEqual({ code: 0, errors: '' });
  const [request, ...others] = server.requests;
  expect(others).toEqual([]);
  expect(request).toMatchObject({
    method: 'POST',
    path: '/api/v1/measurements',
    headers: { 'content-type': recordsContentType, authorization: 'Bearer secret' },
    body: { records: [{ key: 'shop', contentType: 'application/json' }] },
  });
  expect(server.bus.records.at(-1)).toMatchObject({ entity: 'shop', encoding: 'rows', rejected: [] });
  expect(server.bus.value('shop_orders_total')).toBe(3);
  expect(server.bus.value('shop_queue_depth')).toBe(7);
});

needsPython('it tries again when the mesh asks for patience, and not when it says no', async () => {
  server.answerWith(status(503, { 'retry-after': '0' }), status(202));
  expect((await send(['shop', 'shop_orders_total=4'])).code).toBe(0);
  expect(server.requests).toHaveLength(2);
  server.answerWith(status(401));
  const { code, errors } = await send(['shop', 'shop_orders_total=5']);
  expect(code).not.toBe(0);
  expect(errors).toContain('HTTP Error 401');
  expect(errors).not.toContain('secret');
  expect(server.requests).toHaveLength(3);
});

async function send(given: readonly string[]): Promise<{ code: number; errors: string }> {
  const child = spawn('python3', ['-B', example, server.url, ...given], {
    env: { OMNINODE_TOKEN: 'secret' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 20_000,
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, errors };
}
