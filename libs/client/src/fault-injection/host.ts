import { createClient } from '../create-client.js';
import { httpBus } from '../transport/http-bus.js';

/** A service that ends in one of several ways. It says on stdout what its client knew at its end. */
const [what, url] = process.argv.slice(2);

const client = createClient({
  service: 'checkout',
  instance: `checkout-${process.pid}`,
  bus: httpBus({ url: url! }),
  intervalMs: 3,
});
process.on('exit', () => {
  const { sentRecords, queuedRecords, dropped } = client.stats();
  const lost = [...dropped.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(JSON.stringify({ sentRecords, queuedRecords, dropped: lost }));
});

const serve = () => client.trace('checkout', 'pay', async () => undefined);
const serveFor = async (ms: number) => {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs) {
    await serve();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};

switch (what) {
  /** Its process.exit falls into a flush: something is always under way. */
  case 'exits while it sends':
    while (client.stats().sentRecords < 10) await serveFor(10);
    await serveFor(Math.random() * 50);
    void client.flush();
    process.exit(0);
  // eslint-disable-next-line no-fallthrough -- the process has ended
  /** It has nothing more to do, and does not close its client. */
  case 'comes to its end':
    await serveFor(1_000);
    break;
  case 'throws':
    await serveFor(50);
    throw new Error('the host broke');
  case 'closes':
    await serveFor(50);
    await client.close(500);
}
