// A webhook that notes when it first hears that a target's alert fires.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export async function startSink() {
  const heardAt = new Map();
  const server = createServer(async (request, response) => {
    const at = performance.now();
    for (const { status, labels } of JSON.parse(await text(request)).alerts) {
      if (status === 'firing' && !heardAt.has(labels.target)) heardAt.set(labels.target, at);
    }
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    heardAt,
    url: `http://127.0.0.1:${server.address().port}/`,
    async heardOf(count, timeoutMs) {
      const until = performance.now() + timeoutMs;
      while (heardAt.size < count) {
        if (performance.now() > until) throw new Error(`the webhook heard of ${heardAt.size} of ${count} alerts`);
        await sleep(20);
      }
    },
  };
}
