import { expect, test } from 'vitest';
import { gaugeRecord } from '../testing/sample-alerts.js';
import { SamplePartition, sampleStartMs } from '../testing/sample-partition.js';

const at = (seconds: number) => sampleStartMs + seconds * 1_000;
const hour = 3_600;

test('our clock jumps an hour ahead and comes back: nothing fires, ends or is told twice', () => {
  const partition = sample();
  partition.take(gaugeRecord('db', 90, at(0)));
  partition.tick(1);
  partition.tick(hour);
  partition.tick(5);
  partition.take(gaugeRecord('db', 90, at(6)));
  partition.tick(7);
  expect(partition.lines()).toEqual(['firing']);
  partition.take(gaugeRecord('db', 10, at(20)));
  partition.tick(21);
  expect(partition.lines()).toEqual(['firing', 'resolved']);
});

test('after a jump back silence is told as soon as ever, not an hour later', () => {
  const partition = sample();
  partition.take(gaugeRecord('db', 90, at(0)));
  partition.tick(hour);
  partition.take(gaugeRecord('db', 90, at(hour)));
  partition.tick(2);
  partition.tick(50);
  expect(partition.lines()).toEqual(['firing']);
  partition.tick(100);
  expect(partition.lines()).toEqual(['firing', 'resolved']);
});

test('all clocks jump an hour ahead and come back: what fires is told once, and ends once its time has come again', () => {
  const partition = sample();
  partition.take(gaugeRecord('db', 90, at(0)));
  partition.take(gaugeRecord('db', 90, at(hour)));
  partition.tick(hour + 1);
  for (let seconds = 5; seconds < 65; seconds += 10) {
    // Older than the newest of its series: late, as any value that is.
    partition.take(gaugeRecord('db', 10, at(seconds)));
    partition.tick(seconds + 1);
  }
  expect(partition.lines()).toEqual(['firing']);
  partition.take(gaugeRecord('db', 10, at(hour + 10)));
  partition.tick(hour + 11);
  expect(partition.lines()).toEqual(['firing', 'resolved']);
});

function sample(): SamplePartition {
  const signal = 'signal: { metric: omninode_active_connections, by: [target] }';
  const levels = 'levels: { warning: { fire: "> 80" } }';
  return new SamplePartition(`  - name: High
    ${signal}
    window: { fn: last }
    ${levels}
    noData: { after: 60s, as: ok }
`);
}
