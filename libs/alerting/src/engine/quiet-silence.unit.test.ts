import { expect, test } from 'vitest';
import { gaugeRecord } from '../testing/sample-alerts.js';
import { SamplePartition, sampleStartMs } from '../testing/sample-partition.js';

const hourMs = 3_600_000;
const rule = `
  - name: Quiet
    signal: { metric: omninode_active_connections, by: [target] }
    window: { fn: last }
    levels: { critical: { fire: "> 60" } }
    noData: { after: 1m, as: firing }
`;

test('whose samples pass without being judged is not silent, however long that goes on', () => {
  const partition = new SamplePartition(rule);
  for (let second = 0; second < 300; second++) {
    const timeMs = sampleStartMs + second * 1_000;
    partition.take(gaugeRecord('db', 5, timeMs), timeMs);
    partition.tick(second);
  }
  expect(partition.lines()).toEqual([]);
  for (let second = 300; second < 380; second++) partition.tick(second);
  expect(partition.lines()).toEqual(['firing']);
});

test('what passed while our clock was ahead does not keep silence from being told', () => {
  const partition = new SamplePartition(rule);
  for (let second = 0; second < 10; second++) {
    const timeMs = sampleStartMs + second * 1_000;
    partition.take(gaugeRecord('db', 5, timeMs), timeMs + hourMs);
    partition.tick(3_600 + second);
  }
  for (let second = 10; second < 60; second++) partition.tick(second);
  expect(partition.lines()).toEqual([]);
  for (let second = 60; second < 80; second++) partition.tick(second);
  expect(partition.lines()).toEqual(['firing']);
});
