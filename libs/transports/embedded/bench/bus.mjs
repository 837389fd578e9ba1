// What the embedded bus costs: time a record, and the longest that the event loop stood still. Run after a build:
// node libs/transports/embedded/bench/bus.mjs
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames } from '@omninode/contracts';
import { openEmbeddedBus } from '../dist/index.js';

const { measurement, rollup, state } = topicNames();
const folder = mkdtempSync(join(tmpdir(), 'omninode-bench-bus-'));
const small = Buffer.alloc(800, 'x');
/** A pass of a target as columns: 300 points at 9 bytes. */
const pass = Buffer.alloc(2_700, 'y');
let timeMs = Date.now();

console.log('what                                            µs a record   longest block, ms');
let bus = await open(3_600_000);
await measure('publish 800 B, 50 a call, four calls at once', 40_000, () =>
  repeat(200, () => Promise.all([1, 2, 3, 4].map(() => bus.publish(records(50, small))))),
);
await measure('publish 800 B, one a call, 50 calls at once', 20_000, () =>
  repeat(400, () => Promise.all(records(50, small).map((each) => bus.publish([each])))),
);
await measure('publish 800 B, one a call, one at a time', 5_000, () =>
  repeat(5_000, (nth) => bus.publish([record(nth, small)])),
);
await measure('publish 300 points, one a call, 50 at once', 20_000, () =>
  repeat(400, () => Promise.all(records(50, pass).map((each) => bus.publish([each])))),
);
await measure('publish 800 B, 5 000 in one call', 5_000, () => bus.publish(records(5_000, small)));
await measure('read to the end, all 90 000', 90_000, () =>
  Promise.all([0, 1, 2, 3].map((partition) => bus.readToEnd(measurement, partition, () => undefined))),
);
await measure('consume with commits, all 90 000', 90_000, () => consume(90_000));
await measure('publish one state of 8 MB', 1, () =>
  bus.publish([{ topic: state, partition: 0, key: '0', value: Buffer.alloc(8_000_000) }]),
);
await measure('publish 800 B to a compacted topic, 72 000 keys', 72_000, () =>
  repeat(1_440, (call) => bus.publish(records(50, small, rollup, call * 50))),
);
await bus.close();
console.log(`${(statSync(join(folder, 'mesh.db')).size / 1e6).toFixed(0)} MB in the file`);

bus = await open(200);
await measure('sweeps that find nothing, for 2 s', 0, () => sleep(2_000));
timeMs += 25 * 3_600_000;
await measure('sweeps that remove 90 000, for 6 s', 0, () => sleep(6_000));
await bus.close();
rmSync(folder, { recursive: true });

async function open(sweepEveryMs) {
  const opened = openEmbeddedBus({ folder, sweepEveryMs, nowMs: () => timeMs });
  await opened.prepareTopics();
  return opened;
}

function record(nth, value, topic = measurement) {
  return { topic, key: `entity-${nth % (topic === measurement ? 50 : 1e9)}`, value };
}

function records(count, value, topic, from = 0) {
  return Array.from({ length: count }, (_, nth) => record(from + nth, value, topic));
}

async function repeat(times, work) {
  for (let nth = 0; nth < times; nth++) await work(nth);
}

async function consume(count) {
  const { promise, resolve } = Promise.withResolvers();
  let seen = 0;
  const onBatch = async ({ records: batch }) => void ((seen += batch.length) >= count && resolve());
  const consumer = await bus.consume({ topic: measurement, group: 'bench', onBatch });
  await promise;
  await consumer.close();
}

async function measure(name, count, work) {
  let running = true;
  let last = performance.now();
  let longestMs = 0;
  const watch = () => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    if (running) setImmediate(watch);
  };
  setImmediate(watch);
  const startedAt = performance.now();
  await work();
  const tookMs = performance.now() - startedAt;
  await sleep(2);
  running = false;
  const each = count === 0 ? '' : ((tookMs * 1000) / count).toFixed(1);
  console.log(`${name.padEnd(48)}${each.padStart(11)}${longestMs.toFixed(1).padStart(20)}`);
}
