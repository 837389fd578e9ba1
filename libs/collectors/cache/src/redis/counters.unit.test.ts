import { expect, test } from 'vitest';
import { serverCounted } from './counters.js';
import { readInfo } from './info.js';

const info = (run: string, uptime: number) =>
  readInfo(`run_id:${run}\nserver_time_usec:200000000000\nuptime_in_seconds:${uptime}\n`);
const { era: before } = serverCounted(info('a', 50), undefined, 100_000);

test('a process that was started just now can say that it ran a second: a restart all the same', () => {
  // Started at 100.95 s, asked at 101.05 s: 101 less 100.
  expect(serverCounted(info('b', 1), before, 101_050).reset).toBe('restart');
  expect(serverCounted(info('b', 2), before, 101_950).reset).toBe('restart');
});

test('one that certainly ran in the pass before is another server', () => {
  expect(serverCounted(info('b', 3), before, 101_950).reset).toBe('failover');
});
