import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { never, ScriptedReader } from '../testing/scripted-reader.js';
import { Connection } from './connection.js';

const signal = new AbortController().signal;

function setUp() {
  const [clock, reader] = [new ManualClock(), new ScriptedReader()];
  const connection = new Connection({ reader, target: 'a', clock, connectDeadlineMs: 5_000, maxAgeMs: 600_000 });
  return { clock, reader, connection };
}

test('one connection serves until it is old, then it is made anew so that a revoked login shows (P21)', async () => {
  const { clock, reader, connection } = setUp();
  const first = await connection.session(signal);
  await clock.advance(599_999);
  expect(await connection.session(signal)).toBe(first);
  await clock.advance(1);
  await connection.session(signal);
  expect([reader.connects, reader.closed]).toEqual([2, 1]);
});

test('the pause between attempts grows to 30 s and is short again after a success', async () => {
  const { clock, reader, connection } = setUp();
  reader.connecting = () => Promise.reject(new Error('refused'));
  const attemptsAtMs: number[] = [];
  let seen = 0;
  for (let ms = 0; ms < 120_000; ms += 250) {
    await expect(connection.session(signal)).rejects.toThrow('refused');
    if (reader.connects > seen) attemptsAtMs.push(clock.elapsedMs());
    seen = reader.connects;
    await clock.advance(250);
  }
  const gaps = attemptsAtMs.slice(1).map((atMs, at) => atMs - (attemptsAtMs[at] as number));
  expect(gaps.slice(0, 4)).toEqual([750, 1_500, 3_000, 6_000]); // random() is 0.5: three quarters of the pause
  expect(Math.max(...gaps)).toBe(22_500);

  reader.connecting = async () => undefined;
  await clock.advance(30_000);
  await connection.session(signal);
  connection.succeeded();
  connection.drop(new Error('lost'));
  await connection.session(signal); // the first loss is mended at once
  connection.drop(new Error('lost again'));
  await expect(connection.session(signal)).rejects.toThrow('lost again');
});

test('a connect that never ends is bounded, also where the reader does not heed its signal (T4)', async () => {
  const { clock, reader, connection } = setUp();
  reader.connecting = never;
  const failed = expect(connection.session(signal)).rejects.toMatchObject({ code: 'CONNECT_DEADLINE_PASSED' });
  await clock.advance(5_000);
  await failed;
});

test('a connection that comes after its deadline is ended, not left behind', async () => {
  const { clock, reader, connection } = setUp();
  reader.connecting = () => clock.wait(6_000);
  const failed = expect(connection.session(signal)).rejects.toMatchObject({ code: 'CONNECT_DEADLINE_PASSED' });
  await clock.advance(5_000);
  await failed;
  await clock.advance(1_000);
  expect(reader.destroyed).toBe(1);
});

test('a session that the target ended is replaced', async () => {
  const { reader, connection } = setUp();
  await connection.session(signal);
  reader.lost = new Error('server stopped');
  await connection.session(signal);
  expect(reader.connects).toBe(2);
});
