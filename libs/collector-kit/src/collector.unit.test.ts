import { gauge, topicNames } from '@omninode/contracts';
import type { MeasurementPublisher, ProducerIdentity, TargetRecord } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { createCollector } from './collector.js';
import { defineFamily } from './family/define-family.js';
import { memoryHeader, memoryOf } from './ownership/memory-record.js';
import { KeptLogger } from './testing/kept-logger.js';
import { ManualClock } from './testing/manual-clock.js';
import { MemoryBus } from './testing/memory-bus.js';
import { RecordingWriter } from './testing/recording-writer.js';
import { ScriptedReader } from './testing/scripted-reader.js';

const topics = topicNames();
const ids = ['orders', 'users', 'billing', 'search', 'audit', 'stock', 'mail', 'geo'];

/** Counts its own passes over all owners. */
const passes = defineFamily<string, number>()({
  name: 'passes',
  lane: 'fast',
  query: 'count',
  metrics: { omninode_passes: gauge('passes', 'Passes so far.', ['shard']) },
  parseMemory: (json) => json as { count: number } | undefined,
  toMeasurements(_, record, { memory }) {
    const count = (memory?.count ?? 0) + 1;
    record.omninode_passes(count, { shard: 'one' });
    return { count };
  },
});

interface Target {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly address?: string;
}
const readTarget = ({ id, address, labels = {} }: TargetRecord): Target => ({ id, address, labels });
const configured = ids.map((id): Target => ({ id, labels: {} }));

function mesh(bus = new MemoryBus(), clock = new ManualClock()) {
  const opened: (ProducerIdentity & { owner: string; writer: RecordingWriter })[] = [];
  const start = (owner: string, targets: readonly Target[] = configured) => {
    const publisher: MeasurementPublisher = {
      open(identity) {
        const writer = new RecordingWriter();
        opened.push({ ...identity, owner, writer });
        return writer;
      },
    };
    const logger = new KeptLogger();
    const reader = new ScriptedReader();
    const collector = createCollector<Target, string>({
      kind: 'database',
      families: [passes],
      reader,
      targets,
      readTarget,
      bus,
      topics,
      publisher,
      logger,
      owner,
      clock,
    });
    collector.start();
    const watched = () =>
      collector
        .targets()
        .flatMap(({ id, state }) => (state === 'watching' ? id : []))
        .toSorted();
    return { collector, logger, reader, watched };
  };
  const announce = (id: string, record: object | null) =>
    bus.publish([
      {
        topic: topics.target,
        key: id,
        value:
          record &&
          Buffer.from(
            JSON.stringify({ v: 1, id, kind: 'database', address: 'postgres://db/x', time: clock.nowMs(), ...record }),
          ),
      },
    ]);
  return { bus, clock, opened, start, announce };
}

test('two collectors share the configured targets: each has its own, none is left, none is watched twice', async () => {
  const { clock, start } = mesh();
  const one = start('one');
  await clock.advance(1_000);
  expect(one.watched()).toEqual([...ids].toSorted());
  const two = start('two');
  await clock.advance(1_000);
  expect(one.watched().length).toBeGreaterThan(0);
  expect(two.watched().length).toBeGreaterThan(0);
  expect([...one.watched(), ...two.watched()].toSorted()).toEqual([...ids].toSorted());
  await one.collector.stop();
  await clock.advance(1_000);
  expect(two.watched()).toEqual([...ids].toSorted());
  await two.collector.stop();
});

test('a new owner goes on from the memory of the one before, under a later claim', async () => {
  const { clock, start, opened } = mesh();
  const one = start('one');
  await clock.advance(31_000);
  const before = opened.find(({ entity }) => entity === 'orders');
  const counted = before?.writer.latest('omninode_passes{shard="one"}') as number;
  expect(counted).toBeGreaterThan(2);
  expect(before).toMatchObject({ producer: 'database/orders', labels: { target: 'orders' } });

  await one.collector.stop();
  expect(before?.writer.closedAtMs).toBeDefined();
  const two = start('two');
  await clock.advance(1_500);
  const after = opened.find(({ entity, owner }) => entity === 'orders' && owner === 'two');
  expect(after?.writer.passes[0]?.points['omninode_passes{shard="one"}']).toBe(counted + 1);
  expect(after?.incarnation).toBeGreaterThan(before?.incarnation as number);
  await two.collector.stop();
});

test('the claim’s offset is the incarnation; later saves carry it in a header', async () => {
  const { bus, clock, start, opened } = mesh();
  const one = start('one', configured.slice(0, 1));
  await clock.advance(2_000);
  await one.collector.stop();
  const [claim, ...saves] = bus.records(topics.memory);
  expect(claim && memoryHeader(claim)).toEqual({
    key: 'database-collector/orders',
    owner: 'one',
    incarnation: claim?.offset,
    isClaim: true,
  });
  expect(opened[0]?.incarnation).toBe(claim?.offset);
  expect(saves.length).toBeGreaterThan(0);
  for (const save of saves) expect(memoryHeader(save)).toMatchObject({ incarnation: claim?.offset, isClaim: false });
  expect(memoryOf(saves.at(-1)!)).toEqual({ passes: { count: 1 } });
});

test('announced targets are watched, watched anew when they change, and left when they are gone', async () => {
  const { clock, start, opened, announce } = mesh();
  await announce('early', {});
  const one = start('one', []);
  await clock.advance(1_000);
  expect(one.watched()).toEqual(['early']);
  await announce('late', { labels: { site: 'ams' } });
  await announce('other', { kind: 'cache' });
  await clock.advance(1_000);
  expect(one.watched()).toEqual(['early', 'late']);
  expect(opened.at(-1)?.labels).toEqual({ target: 'late', site: 'ams' });
  const { incarnation } = opened.at(-1)!;

  await announce('late', { address: 'postgres://elsewhere/x' });
  await clock.advance(1_000);
  expect(opened.filter(({ entity }) => entity === 'late')).toHaveLength(2);
  expect(opened.at(-1)?.incarnation).toBeGreaterThan(incarnation);
  await announce('early', null);
  await clock.advance(1_000);
  expect(one.watched()).toEqual(['late']);
  await one.collector.stop();
});

test('an announcement that is only repeated, at another time, changes nothing', async () => {
  const { clock, start, opened, announce } = mesh();
  const one = start('one', []);
  await announce('orders', {});
  await clock.advance(1_000);
  await announce('orders', {});
  await clock.advance(1_000);
  expect(opened).toHaveLength(1);
  await one.collector.stop();
});

test.each([
  ['that is no target', { address: 'has spaces in it' }, 'address'],
  ['with a password in its address', { address: 'postgres://me:s3cret@db/x' }, 'address'],
  ['with a label that a metric has', { labels: { shard: 'x' } }, 'Give the label another name'],
])('an announcement %s is refused with a reason, and no secret in it', async (_, record, reason) => {
  const { clock, start, announce } = mesh();
  const one = start('one', []);
  await announce('bad', record);
  await clock.advance(1_000);
  expect(one.watched()).toEqual([]);
  const line = one.logger.lines.find(({ sentence }) => sentence === 'An announced target can not be watched.');
  expect(String(line?.fields.error)).toContain(reason);
  expect(JSON.stringify(one.logger.lines)).not.toContain('s3cret');
  await one.collector.stop();
});

test('a configured target stays as it is configured, whatever is announced under its id', async () => {
  const { clock, start, announce, opened } = mesh();
  const one = start('one', configured.slice(0, 1));
  await clock.advance(1_000);
  await announce('orders', { labels: { site: 'x' } });
  await announce('orders', null);
  await clock.advance(1_000);
  expect(one.watched()).toEqual(['orders']);
  expect(opened).toHaveLength(1);
  await one.collector.stop();
});

test('a later claim of another process fences: the target is left at once, and claimed again only after a while', async () => {
  const { bus, clock, start, opened } = mesh();
  const one = start('one', configured.slice(0, 1));
  await clock.advance(5_000);
  const { key, headers, value } = bus.records(topics.memory)[0]!;
  await bus.publish([{ topic: topics.memory, key: key!, value, headers: { ...headers, owner: 'two' } }]);
  await clock.advance(1_000);
  expect(one.collector.targets()).toMatchObject([{ id: 'orders', state: 'fenced' }]);
  expect(opened[0]?.writer.closedAtMs).toBeDefined();
  expect(one.logger.lines.map(({ sentence }) => sentence)).toContain(
    'Another process claimed the target: it is left to it.',
  );
  await clock.advance(20_000);
  expect(opened).toHaveLength(1);
  await clock.advance(15_000);
  expect(one.watched()).toEqual(['orders']);
  expect(opened[1]?.incarnation).toBeGreaterThan(opened[0]?.incarnation as number);
  await one.collector.stop();
});

test('a save of an owner that was fenced is buried under ours', async () => {
  const { bus, clock, start } = mesh();
  await bus.publish([{ topic: topics.memory, key: 'database-collector/orders', value: null }]); // so that ours is not offset 0
  const one = start('one', configured.slice(0, 1));
  await clock.advance(5_000);
  const { key, headers, value } = bus.records(topics.memory)[1]!;
  await bus.publish([
    { topic: topics.memory, key: key!, value, headers: { ...headers, owner: 'two', incarnation: '0' } },
  ]);
  await clock.advance(1_000);
  const last = bus.records(topics.memory).findLast((record) => record.key === key)!;
  expect(memoryHeader(last)).toMatchObject({ owner: 'one', isClaim: false });
  expect(one.watched()).toEqual(['orders']);
  await one.collector.stop();
});

test('a bus that is away delays the start and is told once; a stop does not wait for it', async () => {
  const { bus, clock, start } = mesh();
  bus.failure = new Error('no broker');
  const one = start('one');
  await clock.advance(60_000);
  expect(one.watched()).toEqual([]);
  expect(one.logger.lines).toHaveLength(1);
  bus.failure = undefined;
  await clock.advance(40_000);
  expect(one.watched()).toHaveLength(ids.length);
  bus.failure = new Error('no broker');
  await clock.advance(60_000);
  expect(one.watched()).toHaveLength(ids.length); // silence of the bus is no reason to stop
  bus.failure = undefined;
  await one.collector.stop();

  bus.failure = new Error('no broker');
  const two = start('two');
  await clock.advance(1_000);
  await two.collector.stop();
});

test('two targets of one id, two families of one name and a label that metrics have are refused', () => {
  const { start } = mesh();
  expect(() => start('one', [configured[0]!, configured[0]!])).toThrow(
    'Two targets of kind database have the id orders',
  );
  expect(() => start('one', [{ id: 'orders', labels: { family: 'x' } }])).toThrow('label family');
});
