import { expect, test } from 'vitest';
import { gaugeRecord, pointRecord } from '../testing/sample-alerts.js';
import { SamplePartition, sampleRules, sampleStartMs } from '../testing/sample-partition.js';
import { explain } from './explain.js';

const at = (seconds: number) => sampleStartMs + seconds * 1_000;
const simple = rule('High', '"> 80"');

test('a counter whose first sample is 1 already has grown, when its source began within the window; else nobody can tell', () => {
  const trips = `  - { name: Trips, signal: { metric: omninode_requests_total, by: [target, status] }, window: { fn: increase, over: 5m }, levels: { warning: { fire: "> 0" } } }\n`;
  const partition = new SamplePartition(trips);
  partition.take(pointRecord('omninode_requests_total', 'counter', { target: 'db', status: 'new' }, 1, at(0), at(-60)));
  partition.take(
    pointRecord('omninode_requests_total', 'counter', { target: 'db', status: 'old' }, 9, at(1), at(-600)),
  );
  partition.take(pointRecord('omninode_requests_total', 'counter', { target: 'db', status: 'unknown' }, 9, at(2)));
  expect(partition.told.map(({ labels, value }) => [labels.status, value])).toEqual([['new', 1]]);
});

test('without data an alert stays as it is, ends, or fires, as its rule says; what comes after that counts again', () => {
  const linesWith = (as: string, value: number) => {
    const partition = new SamplePartition(rule('High', '"> 80"', `noData: { after: 60s, as: ${as} }`));
    partition.take(gaugeRecord('db', value, at(0)));
    partition.tick(1);
    partition.tick(59);
    partition.tick(62);
    return [partition.lines(), conditionIn(partition)];
  };
  expect(linesWith('noData', 90)).toEqual([['firing'], 'noData']);
  expect(linesWith('keepLast', 90)).toEqual([['firing'], 'noData']);
  expect(linesWith('ok', 90)).toEqual([['firing', 'resolved'], 'noData']);
  expect(linesWith('firing', 10)).toEqual([['firing'], 'noData']);
});

test('silence is counted by the clock, from when somebody was there to hear: a start after a long stop is no silence', () => {
  const partition = new SamplePartition(rule('High', '"> 80"', 'noData: { after: 60s, as: ok }'));
  partition.take(gaugeRecord('db', 90, at(0)));
  partition.tick(3_600);
  expect(partition.lines()).toEqual(['firing']);
  partition.tick(3_670);
  expect(partition.lines()).toEqual(['firing', 'resolved']);
});

test('a series that falls silent is seen by absent, with the seconds of its silence', () => {
  const silent = `  - { name: Silent, signal: { metric: omninode_active_connections, by: [target] }, window: { fn: absent, over: 30s }, levels: { critical: { fire: "> 0" } } }\n`;
  const partition = new SamplePartition(silent);
  partition.take(gaugeRecord('db', 1, at(0)));
  partition.tick(1);
  partition.tick(29);
  expect(partition.lines()).toEqual([]);
  partition.tick(45);
  expect(partition.told.map(({ state, value }) => [state, value])).toEqual([['firing', 44]]);
  partition.take(gaugeRecord('db', 1, at(50)));
  expect(partition.lines()).toEqual(['firing', 'resolved']);
});

test('what comes and goes is told once as flapping, and as it is when it is calm', () => {
  const partition = new SamplePartition(rule('High', '"> 80"', 'flap: { over: 10m, high: 5, low: 1 }'));
  for (let step = 0; step < 12; step++) partition.take(gaugeRecord('db', step % 2 === 0 ? 90 : 10, at(step * 30)));
  const noisy = ['firing', 'resolved', 'firing', 'resolved', 'firing, flapping'];
  expect(partition.lines()).toEqual(noisy);
  expect(conditionIn(partition)).toBe('flapping');
  partition.tick(12 * 30);
  expect(partition.lines()).toEqual(noisy);
  partition.tick(12 * 30 + 600);
  expect(partition.lines()).toEqual([...noisy, 'resolved']);
});

test('an alert waits while what explains it fires for the same entity, and fires when that is over and it still holds', () => {
  const both = `${rule('Cause', '"> 200"')}${rule('Effect', '"> 80"', 'dependsOn: [Cause]')}`;
  const partition = new SamplePartition(both);
  partition.take(gaugeRecord('db', 300, at(0)));
  partition.take(gaugeRecord('other', 90, at(0)));
  expect(partition.told.map(({ name, state, labels }) => `${name} ${labels.target} ${state}`)).toEqual([
    'Cause db firing',
    'Effect db pending',
    'Effect other firing',
  ]);
  const effect = [...partition.engine.instances()].find(
    ({ labels, rule: { name } }) => name === 'Effect' && labels.target === 'db',
  )!;
  expect(explain(effect, at(1)).missing).toContain('It waits while Cause fires for the same thing.');
  partition.take(gaugeRecord('db', 90, at(10)));
  expect(partition.told.slice(3).map(({ name, state }) => `${name} ${state}`)).toEqual([
    'Cause resolved',
    'Effect firing',
  ]);
});

test('a storm is cut off: beyond the cap one alert counts the rest, and the others move up as places become free', () => {
  const partition = new SamplePartition(rule('High', '"> 80"', 'maxInstances: 3'));
  const send = (nth: number, value: number, seconds: number) =>
    partition.take(gaugeRecord(`db${nth}`, value, at(seconds)));
  for (let nth = 0; nth < 10; nth++) send(nth, 90, nth);
  const overflows = () => partition.told.filter(({ labels }) => labels.overflow === 'true');
  expect(partition.told.filter(({ state, labels }) => state === 'firing' && !labels.overflow)).toHaveLength(3);
  expect(overflows().map(({ state }) => state)).toEqual(['firing']);
  for (let nth = 0; nth < 3; nth++) send(nth, 10, 20 + nth);
  for (let nth = 3; nth < 6; nth++) send(nth, 90, 30 + nth);
  expect(partition.told.filter(({ state, labels }) => state === 'firing' && !labels.overflow)).toHaveLength(6);
  for (let nth = 3; nth < 10; nth++) send(nth, 10, 50 + nth);
  expect(overflows().map(({ state }) => state)).toEqual(['firing', 'resolved']);
  const open = new Map(partition.told.map(({ fingerprint, state }) => [fingerprint, state]));
  expect([...open.values()].filter((state) => state !== 'resolved')).toEqual([]);
});

test('what fires on ends by the clock too, when nothing comes any more', () => {
  const partition = new SamplePartition(rule('High', '"> 80"', 'keepFiringFor: 30s'));
  partition.take(gaugeRecord('db', 90, at(0)));
  partition.take(gaugeRecord('db', 10, at(10)));
  partition.tick(30);
  expect(partition.lines()).toEqual(['firing']);
  partition.tick(41);
  expect(partition.lines()).toEqual(['firing', 'resolved']);
});

test('other rules: what is the same keeps its state, what is not is resolved with the reason', () => {
  const partition = new SamplePartition(
    `${rule('Same', '"> 80"', 'for: 60s')}${rule('Other', '"> 80"')}${rule('Gone', '"> 80"')}`,
  );
  partition.take(gaugeRecord('db', 90, at(0)));
  const rules = sampleRules(`${rule('Same', '"> 80"', 'for: 60s')}${rule('Other', '"> 85"')}`);
  partition.engine.replaceRules(rules, { timeMs: at(10), nowMs: at(10), offset: partition.offset });
  partition.publish(at(10));
  partition.take(gaugeRecord('db', 90, at(60)));
  expect(
    partition.told.map(({ name, state, reason }) => `${name} ${state}${reason ? `: ${reason.slice(0, 16)}` : ''}`),
  ).toEqual([
    'Gone firing',
    'Other firing',
    'Same pending',
    'Other resolved: Its rule was cha',
    'Gone resolved: Its rule is gone',
    'Other firing',
    'Same firing',
  ]);
});

test('when old series are forgotten their alerts are over, and those of the others go on without a gap', () => {
  const partition = new SamplePartition(
    `${simple}  - { name: Grows, signal: { metric: omninode_requests_total, by: [target] }, window: { fn: increase, over: 10m }, levels: { warning: { fire: "> 5" } } }\n`,
  );
  const day = 86_400;
  for (let nth = 0; nth < 20; nth++) partition.take(gaugeRecord(`old${nth}`, 90, at(0)));
  partition.take(pointRecord('omninode_requests_total', 'counter', { target: 'db' }, 100, at(day)));
  partition.state.forget(at(day + 60));
  partition.take(pointRecord('omninode_requests_total', 'counter', { target: 'db' }, 106, at(day + 60)));
  expect(partition.told.filter(({ reason }) => reason?.startsWith('Nobody has sent'))).toHaveLength(20);
  expect(partition.told.at(-1)).toMatchObject({ name: 'Grows', state: 'firing', value: 6 });
});

test('labels that a target chose stay what they are: text', () => {
  const partition = new SamplePartition(
    rule('High', '"> 80"', 'annotations: { summary: "{{ labels.target }} is {{ value | percent }}" }'),
  );
  const hostile = '<script>alert(1)</script>{{ value }}';
  partition.take(gaugeRecord(hostile, 90, at(0)));
  expect(partition.told[0]).toMatchObject({
    labels: { target: hostile },
    annotations: { summary: `${hostile} is 9000 %` },
  });
});

function rule(name: string, fire: string, more = ''): string {
  const head = `  - name: ${name}\n    signal: { metric: omninode_active_connections, by: [target] }\n    window: { fn: last }\n`;
  return `${head}    levels: { warning: { fire: ${fire} } }\n${more && `    ${more}\n`}`;
}

function conditionIn(partition: SamplePartition): string {
  const [instance] = partition.engine.instances();
  return explain(instance!, at(0)).condition;
}
