import { gauge } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { defineFamily } from '../family/define-family.js';
import { never, ScriptedReader } from '../testing/scripted-reader.js';
import { systemClock } from './clock.js';
import { readOnce } from './read-once.js';

const family = (name: string, deadlineMs = 1_000) =>
  defineFamily<string, number>()({
    name,
    lane: 'fast',
    deadlineMs,
    metrics: { [`omninode_database_${name}`]: gauge('rows', 'X.') } as Record<never, never>,
    query: name,
    toMeasurements(reply, record) {
      (record as unknown as Record<string, (value: number) => void>)[`omninode_database_${name}`]!(reply);
    },
  });

test('each family is read once, one that fails says why, and the connection is closed', async () => {
  const reader = new ScriptedReader();
  reader.answering = async (query) => (query === 'b' ? Promise.reject(new Error('Run GRANT.')) : 1);
  const reading = await look(reader);
  expect(reading.isConnected).toBe(true);
  expect(reading.families).toMatchObject([
    { family: 'a', status: 'ok', reason: '', measurements: 1, roundTrips: 1 },
    { family: 'b', status: 'permission', reason: 'Run GRANT.', measurements: 0 },
    { family: 'c', status: 'ok', measurements: 1 },
  ]);
  expect([reader.connects, reader.closed, reader.destroyed]).toEqual([1, 1, 0]);
});

test('without a connection each family has the reason, and none is asked', async () => {
  const reader = new ScriptedReader();
  reader.connecting = () => Promise.reject(new Error('refused'));
  const reading = await look(reader);
  expect(reading.isConnected).toBe(false);
  expect(reading.families.map(({ family: name, status }) => [name, status])).toEqual([
    ['a', 'unreachable'],
    ['b', 'unreachable'],
    ['c', 'unreachable'],
  ]);
  expect([reader.asked, reader.connects]).toEqual([[], 1]);
});

test('a family that takes too long costs itself and one more connect', async () => {
  const reader = new ScriptedReader();
  reader.answering = (query) => (query === 'b' ? never() : Promise.resolve(1));
  const reading = await look(reader);
  expect(reading.families.map(({ status }) => status)).toEqual(['ok', 'timed_out', 'ok']);
  expect([reader.connects, reader.destroyed, reader.closed]).toEqual([2, 1, 1]);
});

test('an abort ends it, and the connection', async () => {
  const reader = new ScriptedReader();
  const stop = new AbortController();
  reader.answering = () => never();
  const reading = look(reader, stop.signal);
  setTimeout(() => stop.abort(new Error('enough')), 10);
  await expect(reading).rejects.toThrow('enough');
  expect(reader.destroyed + reader.closed).toBe(1);
});

function look(reader: ScriptedReader, signal = new AbortController().signal) {
  return readOnce({
    target: undefined,
    reader,
    families: [family('a'), family('b', 20), family('c')],
    clock: systemClock,
    connectDeadlineMs: 1_000,
    deadlineMs: 1_000,
    signal,
  });
}
