import { counter, gauge } from '@omninode/contracts';
import type { Metric } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { defineFamily } from '../family/define-family.js';
import type { AnyFamily, Lane } from '../family/define-family.js';
import { KeptLogger } from '../testing/kept-logger.js';
import { ManualClock } from '../testing/manual-clock.js';
import { RecordingWriter } from '../testing/recording-writer.js';
import { never, ScriptedReader } from '../testing/scripted-reader.js';
import { TargetWatch } from './target-watch.js';

const refused = () => Promise.reject(new Error('refused'));

function family(name: string, lane: Lane): AnyFamily<string> {
  const metric = `omninode_${name}`;
  return defineFamily<string, number | null>()({
    name,
    lane,
    query: name,
    metrics: { [metric]: gauge('rows', 'A figure.') } as Record<`omninode_${string}`, Metric<never>>,
    toMeasurements(reply, record) {
      if (reply === null) throw new TypeError('no reply');
      const functions: Readonly<Record<string, unknown>> = record;
      (functions[metric] as (value: number) => void)(reply);
    },
  });
}

function watch(families: readonly AnyFamily<string>[], script: Partial<ScriptedReader> = {}) {
  const [clock, logger, writer] = [new ManualClock(), new KeptLogger(), new RecordingWriter()];
  const reader = Object.assign(new ScriptedReader(), script);
  const memories: unknown[] = [];
  const settings = {
    families,
    reader,
    clock,
    logger,
    intervalsMs: { fast: 10_000, medium: 60_000, slow: 600_000 },
    deadlineMs: 5_000,
    connectDeadlineMs: 5_000,
    maxConnectionAgeMs: 600_000,
  };
  const watched = {
    id: 'a',
    target: 'a',
    writer,
    memory: { growth: { before: 5 } },
    onMemory: (memory: unknown) => memories.push(memory),
  };
  const target = new TargetWatch(settings, watched);
  const status = (name: string) => target.statuses().find((of) => of.family === name)?.status;
  return { clock, logger, writer, reader, target, status, memories };
}

test('each lane at its pace, the families in their order on one connection, one record a pass', async () => {
  const { clock, reader, writer, target } = watch([family('b', 'fast'), family('a', 'fast'), family('m', 'medium')]);
  await clock.advance(59_000);
  expect(reader.asked.filter((query) => query === 'm').length).toBeLessThanOrEqual(2);
  const fast = reader.asked.filter((query) => query !== 'm');
  expect(fast.length / 2).toBeGreaterThanOrEqual(5);
  expect(fast).toEqual(fast.map((_, at) => (at % 2 === 0 ? 'b' : 'a')));
  expect(reader.connects).toBe(1);
  expect(writer.passes.find(({ points }) => 'omninode_b' in points)?.points).toMatchObject({
    omninode_a: 1,
    omninode_b: 1,
  });
  await target.stop();
});

test('every pass says how each family is, what it cost and whether the target is up', async () => {
  const { clock, writer, target } = watch([family('a', 'fast')]);
  await clock.advance(21_000);
  const passes = writer.passes.length;
  expect(writer.passes.at(-1)?.points).toMatchObject({
    omninode_collector_target_up: 1,
    omninode_collector_connections_opened_total: 1,
    'omninode_collector_family_status{family="a",status="ok"}': 1,
    'omninode_collector_family_status{family="a",status="unreachable"}': 0,
    'omninode_collector_family_passes_total{family="a",status="ok"}': passes,
    'omninode_collector_family_round_trips_total{family="a"}': passes,
    'omninode_collector_family_rows_total{family="a"}': 2 * passes,
    'omninode_collector_family_label_sets_cut{family="a"}': 0,
  });
  expect(writer.passes.at(-1)?.starts['omninode_collector_connections_opened_total']).toBe(1_700_000_000_000);
  await target.stop();
});

test('the status is told in words on every change and again every minute', async () => {
  const { clock, writer, reader, target } = watch([family('a', 'fast')]);
  await clock.advance(55_000);
  expect(writer.events('collector.status')).toHaveLength(1);
  await clock.advance(15_000);
  expect(writer.events('collector.status')).toHaveLength(2);
  reader.answering = () => Promise.reject(new Error('grant it'));
  await clock.advance(20_000);
  const events = writer.events('collector.status').map(({ attributes }) => attributes);
  expect(events).toHaveLength(3);
  expect(events[2]).toEqual({
    family: 'a',
    status: 'permission',
    reason: 'grant it',
    since_ms: expect.any(Number) as number,
  });
  await target.stop();
});

test('a throwing family costs that family only, and is logged once', async () => {
  const { clock, writer, reader, logger, target, status } = watch([family('bad', 'fast'), family('good', 'fast')]);
  reader.answering = async (query) => (query === 'bad' ? null : 3);
  await clock.advance(35_000);
  expect([status('bad'), status('good')]).toEqual(['degraded', 'ok']);
  expect(writer.latest('omninode_good')).toBe(3);
  expect(writer.latest('omninode_collector_target_up')).toBe(1);
  expect(logger.lines.map(({ level, sentence }) => [level, sentence])).toEqual([
    ['warn', 'A family can not be read in full.'],
  ]);
  reader.answering = async () => 3;
  await clock.advance(10_000);
  expect(status('bad')).toBe('ok');
  expect(logger.lines.at(-1)?.sentence).toBe('A family can be read again.');
  await target.stop();
});

test('a family that hangs times out, its connection is ended, the next one is read on a new one (T3)', async () => {
  const { clock, reader, writer, target, status } = watch([family('hangs', 'fast'), family('good', 'fast')]);
  reader.answering = (query) => (query === 'hangs' ? never() : Promise.resolve(3));
  await clock.advance(7_000);
  expect([status('hangs'), status('good')]).toEqual(['timed_out', 'ok']);
  expect([reader.connects, reader.destroyed]).toEqual([2, 1]);
  expect(writer.latest('omninode_collector_family_duration_seconds{family="hangs"}')).toBe(5);
  await target.stop();
});

test('a pass that is still under way makes the next one skipped and counted, never queued (P19)', async () => {
  const { clock, reader, writer, target, status } = watch(['a', 'b', 'c', 'd'].map((name) => family(name, 'fast')));
  reader.answering = () => clock.wait(4_000).then(() => 1); // a pass of 16 s in an interval of 10 s
  await clock.advance(15_900);
  expect(['a', 'b', 'c', 'd'].map(status)).toEqual(['ok', 'ok', 'ok', 'skipped']); // what the pass had read stays read
  for (const name of ['a', 'b', 'c', 'd']) {
    expect(writer.latest(`omninode_collector_family_passes_total{family="${name}",status="skipped"}`)).toBe(1);
  }
  expect(reader.asked).toEqual(['a', 'b', 'c', 'd']);
  reader.answering = async () => 1;
  await clock.advance(20_000);
  expect(status('a')).toBe('ok');
  await target.stop();
});

test('a target where everything hangs is given up for the pass, and the guard is released (P19)', async () => {
  const { clock, reader, target, status } = watch(['a', 'b', 'c', 'd'].map((name) => family(name, 'fast')));
  reader.answering = never;
  await clock.advance(19_000);
  expect(['a', 'b', 'c', 'd'].map(status)).toEqual(['timed_out', 'timed_out', 'timed_out', 'timed_out']);
  expect(reader.connects).toBeLessThanOrEqual(4);
  reader.answering = async () => 1;
  await clock.advance(30_000);
  expect(status('d')).toBe('ok');
  await target.stop();
});

test('a fast lane does not wait for all of a slow one, only for the family under way', async () => {
  const slow = ['s1', 's2', 's3'].map((name) => family(name, 'slow'));
  const { clock, reader, target } = watch([...slow, family('f', 'fast')]);
  reader.answering = (query) => (query.startsWith('s') ? clock.wait(4_000).then(() => 1) : Promise.resolve(1));
  await clock.advance(30_000);
  const fastAt = reader.asked.indexOf('f');
  expect(fastAt).toBeGreaterThanOrEqual(0);
  expect(fastAt).toBeLessThan(reader.asked.indexOf('s3'));
  await target.stop();
});

test('a target that can not be reached: every family of every lane says so, and all come back at once', async () => {
  const { clock, reader, writer, logger, target, status } = watch([family('f', 'fast'), family('s', 'slow')]);
  await clock.advance(5_000);
  expect([status('f'), status('s')]).toEqual(['ok', 'ok']);
  reader.lost = new Error('server stopped');
  reader.connecting = refused;
  await clock.advance(60_000);
  expect([status('f'), status('s')]).toEqual(['unreachable', 'unreachable']);
  expect(writer.latest('omninode_collector_target_up')).toBe(0);
  expect(writer.latest('omninode_collector_family_status{family="s",status="unreachable"}')).toBe(1);
  expect(logger.lines.map(({ sentence }) => sentence)).toEqual(['The target can not be reached.']);
  reader.connecting = async () => undefined;
  reader.lost = undefined;
  await clock.advance(40_000);
  expect([status('f'), status('s')]).toEqual(['ok', 'ok']);
  expect(logger.lines.at(-1)?.sentence).toBe('The target can be reached again.');
  await target.stop();
});

test('what a family remembers comes back in its next pass and goes out to be saved', async () => {
  const growth = defineFamily<string, number>()({
    name: 'growth',
    lane: 'fast',
    query: 'growth',
    metrics: { omninode_growth_total: counter('rows', 'Growth.') },
    parseMemory: (json) => json as { before: number } | undefined,
    toMeasurements(reply, record, { memory, takenAtMs }) {
      record.omninode_growth_total(memory && reply - memory.before, takenAtMs);
      return { before: reply };
    },
  });
  const { clock, reader, writer, target, memories } = watch([growth]);
  reader.answering = async () => 12;
  await clock.advance(2_000);
  expect(writer.latest('omninode_growth_total')).toBe(7); // 5 was remembered by an earlier owner
  expect(memories).toEqual([{ growth: { before: 12 } }]);
  await target.stop();
});

test('a second question can depend on the first answer', async () => {
  const asking = defineFamily<string, number>()({
    name: 'asking',
    lane: 'fast',
    query: 'how many',
    metrics: { omninode_asked: gauge('rows', 'Asked.') },
    followUp: (reply) => (reply > 1 ? `which of the ${reply}` : undefined),
    toMeasurements(reply, record, { followUp }) {
      record.omninode_asked(followUp === undefined ? 0 : Number(followUp) + reply);
    },
  });
  const { clock, reader, writer, target } = watch([asking]);
  reader.answering = async (query) => (query === 'how many' ? 2 : 40);
  await clock.advance(2_000);
  expect(reader.asked).toEqual(['how many', 'which of the 2']);
  expect(writer.latest('omninode_asked')).toBe(42);
  expect(writer.latest('omninode_collector_family_round_trips_total{family="asking"}')).toBe(2);
  await target.stop();
});

test('a second question that fails leaves the first answer in force', async () => {
  const asking = defineFamily<string, number>()({
    name: 'asking',
    lane: 'fast',
    query: 'how many',
    metrics: { omninode_asked: gauge('rows', 'Asked.'), omninode_failed: gauge('boolean', 'Failed.') },
    followUp: () => 'which',
    toMeasurements(reply, record, { followUp, followUpFailed }) {
      record.omninode_asked(reply);
      record.omninode_failed(followUpFailed && followUp === undefined ? 1 : 0);
    },
  });
  const { clock, reader, writer, target, status } = watch([asking]);
  reader.answering = (query) => (query === 'which' ? Promise.reject(new Error('grant it')) : Promise.resolve(7));
  await clock.advance(2_000);
  expect([writer.latest('omninode_asked'), writer.latest('omninode_failed')]).toEqual([7, 1]);
  expect(status('asking')).toBe('degraded');
  expect(reader.connects).toBe(1);
  reader.answering = (query) => (query === 'which' ? never() : Promise.resolve(8));
  await clock.advance(20_000);
  expect(writer.latest('omninode_asked')).toBe(8);
  expect(reader.connects).toBe(2); // its answer may still come, to the next question
  await target.stop();
});

test('a family that stumbles over what it remembers forgets it', async () => {
  const stumbling = defineFamily<string, number>()({
    name: 'growth',
    lane: 'fast',
    query: 'growth',
    metrics: { omninode_growth: gauge('rows', 'Growth.') },
    parseMemory: (json) => json as { before: { deep: number } } | undefined,
    toMeasurements(reply, record, { memory }) {
      record.omninode_growth(memory ? memory.before.deep.toFixed(0) : reply);
      return { before: { deep: reply } };
    },
  });
  const { clock, writer, target, status } = watch([stumbling]); // its memory is { before: 5 }
  await clock.advance(2_000);
  expect(status('growth')).toBe('degraded');
  await clock.advance(10_000);
  expect(status('growth')).toBe('ok');
  expect(writer.latest('omninode_growth')).toBe(1);
  await target.stop();
});

test('a stop ends what is under way at once, closes the connection and publishes nothing of it', async () => {
  const { clock, reader, writer, target } = watch([family('a', 'fast')]);
  reader.answering = never;
  await clock.advance(2_000);
  expect(reader.asked).toHaveLength(1);
  await target.stop();
  expect(reader.destroyed).toBe(1);
  expect(writer.passes).toEqual([]);
});
