import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, httpBus, type Client } from '@omninode/client';
import { startRedis, type RedisServer } from '@omninode/local-services';
import CircuitBreaker from 'opossum';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { again, eventually, startWatching, type WatchingProduct } from './testing/watching-product.js';

/** The shipped rules on what a service tells with the real client, by HTTP. */
let watched: RedisServer;
let product: WatchingProduct;
let client: Client;

beforeAll(async () => {
  watched = await startRedis();
  product = await startWatching({
    config: { targets: [{ id: 'cache', kind: 'cache', url: watched.url }] },
    minute: 2,
    thresholds: { SlowResponseTime: { '> 5': '> 0.25' } },
  });
  client = openClient('checkout');
});
afterAll(async () => {
  await client?.close();
  await product?.stop();
  await watched?.stop();
});

const slow = { timeout: 120_000 };
const service = { service_name: 'checkout' };
const fails = async () => {
  throw new Error('down');
};

test.concurrent('requests that fail', slow, async () => {
  const serve = (run: () => Promise<unknown>) => client.trace('payments', 'pay', run).catch(() => undefined);
  const well = again(50, () => serve(async () => 'paid'));
  const isMeant = { ...service, component: 'payments' };
  await product.proves('HighErrorRate', isMeant, async () => again(200, () => serve(fails)));
  await well();
});

test.concurrent('requests that take long', slow, async () => {
  const quick = again(50, () => client.trace('search', 'find', async () => 'found'));
  await product.proves('SlowResponseTime', { ...service, component: 'search' }, async () =>
    again(10, () => client.trace('search', 'find', () => sleep(300))),
  );
  await quick();
});

test.concurrent('an operation that is slower than it may be', slow, async () => {
  await product.proves('SlowOperations', { ...service, component: 'reports', operation: 'build' }, async () =>
    again(100, () => client.trace('reports', 'build', () => sleep(250))),
  );
});

test.concurrent('a breaker that trips', slow, async () => {
  const breaker = watchedBreaker('shipping', { resetTimeout: 500 });
  await product.proves('CircuitBreakerTripped', { ...service, component: 'shipping' }, async () => {
    for (let call = 0; call < 20; call++) await breaker.fire(fails).catch(() => undefined);
    return again(100, () => breaker.fire(async () => 'sent').catch(() => undefined));
  });
  breaker.shutdown();
});

test.concurrent('a breaker that stays open', slow, async () => {
  const breaker = watchedBreaker('invoices', { resetTimeout: 60_000 });
  await product.proves('CircuitBreakerOpenTooLong', { ...service, component: 'invoices' }, async () => {
    breaker.open();
    return () => breaker.close();
  });
  breaker.shutdown();
});

test.concurrent('a breaker that loses many calls without opening', slow, async () => {
  const breaker = watchedBreaker('stock', { errorThresholdPercentage: 95 });
  const call = (run: () => Promise<unknown>) => breaker.fire(run).catch(() => undefined);
  const well = again(100, () => call(async () => 'there'));
  await product.proves('CircuitBreakerUnhealthy', { ...service, component: 'stock' }, async () => {
    const ends = again(50, () => call(fails));
    return async () => {
      await ends();
      // The health is of five minutes: so many calls are well now that those lost are few of them.
      for (let nth = 0; nth < 5_000; nth++) await breaker.fire(async () => 'there');
    };
  });
  await well();
  breaker.shutdown();
});

test.concurrent('a publisher that had to drop records', slow, async () => {
  const way = httpBus({ url: product.url });
  let isAway = false;
  const failing = openClient('forgetful', {
    intervalMs: 100,
    maxMemoryBytes: 20_000,
    bus: { publish: (records) => (isAway ? Promise.reject(new Error('away')) : way.publish(records)) },
  });
  // It has been well for longer than the window of the rule.
  await sleep(21_000);
  await product.proves('PublisherDropsRecords', { service_name: 'forgetful' }, async () => {
    const busy = again(10, () => failing.trace('work', 'step', async () => 'done'));
    isAway = true;
    await eventually(async () => expect(failing.stats().dropped.size).toBeGreaterThan(0));
    isAway = false;
    return busy;
  });
  await failing.close();
});

function openClient(name: string, options: Partial<Parameters<typeof createClient>[0]> = {}): Client {
  const bus = httpBus({ url: product.url });
  return createClient({ service: name, instance: 'a', bus, intervalMs: 500, slowAfterMs: 200, ...options });
}

/** A breaker around what is given to `fire`. */
function watchedBreaker(component: string, options: CircuitBreaker.Options) {
  const breaker = new CircuitBreaker(async (run: () => Promise<unknown>) => run(), { volumeThreshold: 5, ...options });
  client.watchBreaker(component, breaker, { criticality: 'high' });
  return breaker;
}
