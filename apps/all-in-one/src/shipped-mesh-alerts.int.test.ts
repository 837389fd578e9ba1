import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { contentTypes } from '@omninode/contracts';
import { startRedis, type RedisServer } from '@omninode/local-services';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { again, eventually, startWatching, type WatchingProduct } from './testing/watching-product.js';

/** The shipped rules on the mesh itself: what is sent to it, its rule files, its receivers. */
let watched: RedisServer;
let hooks: Server;
let product: WatchingProduct;
let isPagerWell = true;
const teamHeard: string[] = [];

beforeAll(async () => {
  watched = await startRedis();
  hooks = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.url === '/team') teamHeard.push(Buffer.concat(parts).toString());
      response.writeHead(request.url === '/team' || isPagerWell ? 200 : 503).end();
    });
  }).listen(0, '127.0.0.1');
  await once(hooks, 'listening');
  const hook = (path: string) => ({
    type: 'webhook',
    url: `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/${path}`,
    groupBy: ['...'],
    groupWait: '0s',
    groupInterval: '1s',
  });
  product = await startWatching({
    config: {
      targets: [{ id: 'cache', kind: 'cache', url: watched.url }],
      // After its first pass it says nothing more for ten minutes: with what is posted here it is one target of three.
      collectors: { cache: { interval: '10m' } },
      aggregator: { targetStale: '10s' },
      notify: { receivers: { pager: hook('pager'), team: hook('team') } },
    },
    minute: 6,
    thresholds: {
      TargetDataStale: { '> 120': '> 8', '< 60': '< 6' },
      NotificationsFailing: { '> 120': '> 6', '< 30': '< 3' },
    },
  });
});
afterAll(async () => {
  await product?.stop();
  await watched?.stop();
  hooks?.closeAllConnections();
  hooks?.close();
});

const slow = { timeout: 150_000 };

test.concurrent('collectors that fall silent, one and all of them', slow, async () => {
  const told = new Set(['orders', 'stock']);
  const telling = again(1_000, () => Promise.all([...told].map((target) => post(statusOf(target), 'rows'))));
  await product.proves('TargetDataStale', { target: 'orders' }, async () => {
    told.delete('orders');
    return () => told.add('orders');
  });
  await product.proves('WeAreBlind', {}, async () => {
    told.clear();
    return () => told.add('orders').add('stock');
  });
  await telling();
});

test.concurrent('a record that never comes, and comes after all', slow, async () => {
  for (const sequence of [1, 2, 4]) await post(record('gap', sequence), 'columns');
  await product.proves('LedgerNotClosed', {}, async () => () => post(record('gap', 3), 'columns'));
});

test.concurrent('a record that can not be read', slow, async () => {
  await product.proves('MeasurementsDeadLettered', {}, async () => {
    // Values without a dictionary; as the first of its records, so that none is missing.
    await post({ ...record('nobody', 2), q: 1 }, 'columns');
    return () => undefined;
  });
});

test.concurrent('a rule file with a mistake, and a receiver that does not take the news of it', slow, async () => {
  const file = join(product.rulesFolder, 'own.yaml');
  const makeMistake = async () => {
    writeFileSync(file, 'apiVersion: omninode/v1\nkind: RuleSet\nrules: [{ name: Half }]\n');
    return () => rmSync(file);
  };
  await product.proves('AlertRulesRejected', {}, makeMistake);
  await product.proves('NotificationsFailing', { receiver: 'pager' }, async () => {
    isPagerWell = false;
    const mend = await makeMistake();
    await eventually(async () => expect(teamHearsOfPager('firing')).toBe(true));
    return () => {
      isPagerWell = true;
      mend();
    };
  });
  await eventually(async () => expect(teamHearsOfPager('resolved')).toBe(true));
});

function teamHearsOfPager(status: string): boolean {
  return teamHeard
    .flatMap((body) => (JSON.parse(body) as { alerts: { status: string; labels: Record<string, string> }[] }).alerts)
    .some(({ status: is, labels }) => is === status && labels.alertname === 'NotificationsFailing');
}

/** What a collector of another kind elsewhere tells of a target of its. */
function statusOf(target: string): object {
  const time = Date.now();
  const attributes = { family: 'availability', status: 'ok', reason: '', since_ms: time };
  return {
    v: 1,
    entity: target,
    producer: `database/${target}`,
    time,
    points: [{ name: 'omninode_collector_target_up', kind: 'gauge', labels: { target }, value: 1 }],
    events: [{ name: 'collector.status', time, attributes }],
  };
}

/** The dictionary of one gauge is record 1; the others hold its value. */
function record(service: string, sequence: number): object {
  const head = { v: 1, p: `${service}/1`, e: service, n: 1, q: sequence, t: Date.now() };
  const metric = ['omninode_shop_open_orders', 'gauge', '', 'Orders.', ['service_name']];
  return sequence === 1
    ? { ...head, k: 'dict', from: 0, m: [metric], s: [[0, [service]]] }
    : { ...head, k: 'data', d: 1, x: [sequence] };
}

async function post(body: object, form: 'rows' | 'columns'): Promise<void> {
  const response = await fetch(`${product.url}/api/v1/measurements`, {
    method: 'POST',
    headers: { 'content-type': contentTypes[form] },
    body: JSON.stringify(body),
  });
  expect(response.status, await response.text()).toBe(202);
}
