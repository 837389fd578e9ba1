import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SampleView, startApi, statusOf, type ApiService } from '../testing/api-service.js';
import type { StreamChange, StreamSource } from './stream-source.js';

let api: ApiService;
let command: (change: StreamChange) => void = () => undefined;
const opened: AbortController[] = [];
/** A source that changes when the test says so. */
const sourceOf = (take: (listener: typeof command) => void): StreamSource => ({
  event: 'command',
  subscribe(listener) {
    take(listener);
    return async () => undefined;
  },
});

beforeEach(async () => {
  const view = new SampleView();
  view.take(statusOf(view, 'ok'));
  api = await startApi(['--api.concurrentStreams=3'], {
    view,
    sources: [sourceOf((listener) => (command = listener))],
  });
});
afterEach(async () => {
  for (const each of opened.splice(0)) each.abort();
  await api.service.stop();
});

test('first how everything is, then what changes, and only what changes', async () => {
  const stream = await follow(api.url);
  const first = await stream.next();
  expect(first).toMatchObject({
    event: 'snapshot',
    data: {
      health: { system_health: 'healthy' },
      targets: [{ id: 'orders', health: 'healthy' }],
      alerts: [],
      commands: [],
    },
  });
  api.view.currentMs += 1_000;
  api.view.take(statusOf(api.view, 'unreachable', 'No answer.'));
  const [second, third] = [await stream.next(), await stream.next()];
  expect([second, third]).toMatchObject([
    { event: 'health', data: { system_health: 'critical' } },
    { event: 'target', data: { id: 'orders', reasons: [{ reason: 'No answer.' }] } },
  ]);
  // That time goes by is no change; who comes later hears of the newest data all the same.
  api.view.currentMs += 5_000;
  command({ key: 'x', entity: 'shop', data: { id: 'c1' } });
  expect(await stream.next()).toMatchObject({ event: 'command', data: { id: 'c1' } });
  const checkedAt = async () => {
    const { data } = (await (await follow(api.url)).next()) as { data: { health: { checked_at: string } } };
    return Date.parse(data.health.checked_at);
  };
  await expect.poll(checkedAt, { timeout: 3_000, interval: 1_500 }).toBe(api.view.currentMs);
});

test('who comes back hears what it missed; of another process, or too late, it gets everything anew', async () => {
  const stream = await follow(api.url);
  const { id } = await stream.next();
  stream.close();
  command({ key: 'x', entity: 'shop', data: { id: 'c1' } });
  command({ key: 'x', entity: 'shop', data: { id: 'c2' } });
  const back = await follow(api.url, '', { 'last-event-id': id });
  expect([await back.next(), await back.next()]).toMatchObject([{ data: { id: 'c1' } }, { data: { id: 'c2' } }]);
  back.close();
  for (const stranger of [`other-${id.split('-')[1]}`, `${id.split('-')[0]}-999999`, 'x\u00e9', '']) {
    const anew = await follow(api.url, '', { 'last-event-id': stranger });
    expect(await anew.next()).toMatchObject({ event: 'snapshot', data: { commands: [{ id: 'c2' }] } });
    anew.close();
  }
  for (let nth = 0; nth < 1_001; nth++) command({ key: 'x', entity: 'shop', data: { id: `d${nth}` } });
  const late = await follow(api.url, '', { 'last-event-id': id });
  expect(await late.next()).toMatchObject({ event: 'snapshot', data: { commands: [{ id: 'd1000' }] } });
});

test('an entity hears of itself only; what has expired is not told again', async () => {
  command({ key: 'a', entity: 'shop', data: { id: 'old' }, expiresAtMs: api.view.currentMs });
  command({ key: 'b', entity: 'other', data: { id: 'foreign' } });
  const stream = await follow(api.url, '?entity=shop');
  expect(await stream.next()).toMatchObject({ data: { health: null, targets: [], commands: [] } });
  command({ key: 'b', entity: 'other', data: { id: 'foreign' } });
  command({ key: 'a', entity: 'shop', data: { id: 'own' } });
  expect(await stream.next()).toMatchObject({ event: 'command', data: { id: 'own' } });
});

test('what a target says can not end an event and begin another', async () => {
  const stream = await follow(api.url);
  await stream.next();
  api.view.take(statusOf(api.view, 'unreachable', 'x\n\nevent: command\ndata: {"id":"forged"}\r\n\n<script>'));
  expect([(await stream.next()).event, (await stream.next()).event]).toEqual(['health', 'target']);
});

test('there are no more streams than the limit, and one that ends makes room', async () => {
  const streams = await Promise.all([1, 2, 3].map(() => follow(api.url)));
  expect((await fetch(`${api.url}/api/v1/stream`)).status).toBe(429);
  streams[0]!.close();
  await expect.poll(async () => (await fetch(`${api.url}/api/v1/stream`, { method: 'HEAD' })).status).toBe(200);
});

test('a process that stops ends its streams, and says when to come back', async () => {
  const stream = await follow(api.url);
  await stream.next();
  const startedAt = performance.now();
  await api.service.stop();
  expect(await stream.rest()).toContain('retry: 2000');
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});

describe('with tokens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-stream-'));
  const token = 's'.repeat(32);
  let guarded: ApiService;
  let toShop: typeof command;
  beforeAll(async () => {
    writeFileSync(join(folder, 'shop'), token);
    guarded = await startApi([`--api.tokensFolder=${folder}`, '--api.access=token'], {
      sources: [sourceOf((listener) => (toShop = listener))],
    });
  });
  afterAll(async () => {
    await guarded.service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a service follows its own commands, and nothing else', async () => {
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${guarded.url}/api/v1/stream?entity=shop`)).status).toBe(401);
    for (const query of ['', '?entity=other']) {
      const answer = await fetch(`${guarded.url}/api/v1/stream${query}`, { headers });
      expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: 'ENTITY_REQUIRED' } }]);
    }
    toShop({ key: 'a', entity: 'shop', data: { id: 'own' } });
    const stream = await follow(guarded.url, '?entity=shop', headers);
    expect(await stream.next()).toMatchObject({ event: 'snapshot', data: { commands: [{ id: 'own' }] } });
  });
});

interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

async function follow(url: string, query = '', headers: Record<string, string> = {}) {
  const abort = new AbortController();
  opened.push(abort);
  const answer = await fetch(`${url}/api/v1/stream${query}`, { headers, signal: abort.signal });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next(): Promise<Heard> {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          if (block.startsWith(':')) continue;
          const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
          return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) };
        }
        const { value, done } = await reader.read();
        if (done) throw new Error(`The stream has ended. Unread: ${text}`);
        text += value;
      }
    },
    async rest(): Promise<string> {
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
      return text;
    },
    close: () => abort.abort(),
  };
}
