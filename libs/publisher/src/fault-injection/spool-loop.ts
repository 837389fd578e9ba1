import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { gauge } from '@omninode/contracts';
import { createPublisher } from '../publisher.js';
import { FileBus } from './file-bus.js';
import { unavailable } from './faulty-bus.js';
import { seededRandom } from './seeded-random.js';

/**
 * Publishes for ever over a bus that mostly fails, until it is killed. Pass n has the value n. Its own word, against which
 * the test judges: `acknowledged-….log` (what the bus took) and `settled-….log` (passes of which nothing is in memory any
 * more: each was acknowledged or lies in the spool).
 */
const [folder, target, round, seed] = process.argv.slice(2) as [string, string, string, string];
const random = seededRandom(Number(seed));
const bus = new FileBus(folder, `${round}-${target}`);
bus.answer = () => (random() < 0.7 ? unavailable() : random() < 0.3 ? 'lose the answer' : 'take');
const used = gauge('connections', 'In use.', ['pool']);

const publisher = createPublisher({
  bus,
  topic: 'measurement',
  spool: { directory: join(folder, 'spool'), adoptIntervalMs: 20 },
  lingerMs: 1,
  firstPauseMs: 1,
  maxPauseMs: 5,
  spoolAfterMs: 0,
  dictionaryIntervalMs: 50,
  onAcknowledged: ({ producer, incarnation, sequence }) =>
    appendFileSync(join(folder, `acknowledged-${round}-${target}.log`), `${producer}@${incarnation} ${sequence}\n`),
});
const writer = publisher.open({
  producer: `database/${target}`,
  entity: target,
  incarnation: Number(round),
  labels: { target, round },
});

process.stdout.write('ready\n');
for (let pass = 1; ; pass++) {
  for (let pool = 0; pool < 1 + (pass % 5); pool++) {
    writer.point(writer.series('omninode_used', used, [`pool-${pool}`]), pass);
  }
  writer.publish(Date.UTC(2026, 0) + pass);
  await new Promise((resolve) => setTimeout(resolve, random() * 2));
  if (publisher.stats().queuedRecords === 0) {
    appendFileSync(join(folder, `settled-${round}-${target}.log`), `${pass}\n`);
  }
}
