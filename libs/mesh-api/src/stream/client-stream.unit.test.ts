import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { ClientStream } from './client-stream.js';
import { Feed } from './feed.js';

/** A client that reads only when it is told to. */
class SlowClient extends Writable {
  heard = '';
  private release: (() => void) | undefined;
  isReading = false;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.heard += chunk.toString();
    if (this.isReading) done();
    else this.release = done;
  }

  read(): void {
    this.isReading = true;
    this.release?.();
  }
}

function started(nowMs = () => 0) {
  const feed = new Feed();
  const client = new SlowClient();
  client.on('error', () => undefined);
  const interest = { names: new Set(['target'] as const) };
  const stream = new ClientStream(client, { feed, interest, epoch: 'e', lastEventId: undefined, nowMs });
  return { feed, client, stream };
}

const large = 'x'.repeat(10_000);

test('who reads too slowly keeps a bounded backlog, hears how much it missed, and how everything is now', async () => {
  const { feed, client } = started();
  for (let nth = 0; nth < 200; nth++) feed.put('target', { key: 'a', entity: 'a', data: { nth, large } });
  expect(client.writableLength).toBeLessThan(300_000);
  client.read();
  await expect.poll(() => client.heard).toContain('event: dropped\ndata: {"events":');
  await expect.poll(() => client.heard).toContain('id: e-200\nevent: snapshot\ndata: {"targets":[{"nth":199,');
  const told = client.heard.match(/event: target/g)!.length;
  expect(Number(/"events":(\d+)/.exec(client.heard)![1]) + told).toBe(200);
  feed.put('target', { key: 'a', entity: 'a', data: { nth: 200 } });
  await expect.poll(() => client.heard).toContain('id: e-201\nevent: target\ndata: {"nth":200}');
});

test('who reads nothing for a minute is cut off', () => {
  let nowMs = 1;
  const { feed, client, stream } = started(() => nowMs);
  for (let nth = 0; nth < 200; nth++) feed.put('target', { key: 'a', entity: 'a', data: { nth, large } });
  stream.beat();
  expect(client.destroyed).toBe(false);
  nowMs += 60_001;
  stream.beat();
  expect(client.destroyed).toBe(true);
});

test('a client that is gone is told nothing more', () => {
  const { feed, client, stream } = started();
  client.isReading = true;
  stream.close();
  const before = client.writableLength;
  feed.put('target', { key: 'a', entity: 'a', data: { large } });
  expect(client.writableLength).toBe(before);
});
