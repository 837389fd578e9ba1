import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertRecord } from '@omninode/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAlertMesh, type AlertMesh } from '../testing/alert-mesh.js';
import { eventually } from '../testing/eventually.js';

let folder = '';
let mesh: AlertMesh;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-alerts-'));
  mesh = await startAlertMesh({ folder, rules: poolRule });
});
afterEach(async () => {
  await mesh.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a sample becomes a transition on the alert topic within milliseconds, and is seen on the board', async () => {
  const beganMs = performance.now();
  await mesh.send('db', 95);
  await eventually(async () => expect(states(await mesh.transitions())).toEqual(['firing']), 5);
  expect(performance.now() - beganMs).toBeLessThan(1_000);
  await eventually(() => expect(states(mesh.board.alerts())).toEqual(['firing']));
  expect(mesh.board.alerts()[0]).toMatchObject({
    name: 'PoolNearlyExhausted',
    severity: 'critical',
    labels: { alertname: 'PoolNearlyExhausted', target: 'db' },
    annotations: { summary: 'db: 95 in use' },
    value: 95,
  });
  await mesh.send('db', 10);
  await eventually(() => expect(states(mesh.board.alerts())).toEqual(['resolved']));
});

const life = [10, 85, 85, 85, 95, 95, 85, 72, 60, 60, 60, 60, 10];
const told = ['firing warning', 'firing critical', 'firing warning', 'resolved warning'];

test('stopped and started in every phase of its life, an alert is told as if nothing had happened', async () => {
  for (const value of life) {
    await mesh.send('db', value);
    await mesh.restart();
  }
  await eventually(async () => expect(lines(await mesh.transitions())).toEqual(told));
});

test('killed in every phase of its life: none is lost, none doubled, none falsely resolved', async () => {
  for (const value of life) {
    await mesh.send('db', value);
    await mesh.idle();
    await mesh.kill();
  }
  await eventually(async () => expect(lines(await mesh.transitions())).toEqual(told));
});

test('killed between a decision and its publishing: the next owner publishes it', async () => {
  mesh.refuse(() => true);
  await mesh.send('db', 95);
  await mesh.idle();
  expect(await mesh.transitions()).toEqual([]);
  await mesh.kill();
  await eventually(async () => expect(lines(await mesh.transitions())).toEqual(['firing critical']));
});

test('while the alert topic can not be written, transitions stay due, also over a restart, and none comes twice', async () => {
  let refused = 0;
  mesh.refuse(() => ++refused < 4);
  await mesh.send('db', 95);
  await mesh.idle();
  await mesh.restart();
  await eventually(async () => expect(lines(await mesh.transitions())).toEqual(['firing critical']));
  await mesh.send('db', 10);
  await eventually(async () =>
    expect(lines(await mesh.transitions())).toEqual(['firing critical', 'resolved critical']),
  );
});

test('a backlog makes no storm: what came and went in it is told as replayed, what still fires is told afresh, once', async () => {
  await mesh.pause();
  const longAgoMs = Date.now() - 3_600_000;
  for (let round = 0; round < 20; round++) {
    await mesh.send('db', 95, longAgoMs + round * 60_000);
    await mesh.send('db', 10, longAgoMs + round * 60_000 + 30_000);
  }
  await mesh.send('other', 95, longAgoMs);
  await mesh.resume();
  await eventually(async () => {
    const records = await mesh.transitions();
    expect(records.filter(({ labels }) => labels.target === 'db')).toHaveLength(40);
    const fresh = records.filter(({ replayed }) => !replayed);
    expect(fresh.map(({ labels, state }) => `${labels.target} ${state}`)).toEqual(['other firing']);
  });
});

test('another text of a rule resolves its alerts with the reason; a text with a mistake changes nothing and is told', async () => {
  await mesh.send('db', 95);
  await eventually(async () => expect(lines(await mesh.transitions())).toEqual(['firing critical']));
  await mesh.writeRules(poolRule.replace('last', 'newest'));
  await eventually(() =>
    expect(mesh.book.problems.map(({ line, path }) => [line, path])).toEqual([[8, 'rules[0].window.fn']]),
  );
  await mesh.send('db', 96);
  await mesh.idle();
  expect(lines(await mesh.transitions())).toEqual(['firing critical']);
  await mesh.writeRules(poolRule.replace('> 90', '> 97'));
  await eventually(async () =>
    expect((await mesh.transitions()).at(1)).toMatchObject({
      state: 'resolved',
      reason: expect.stringContaining('changed'),
    }),
  );
});

test('what the mesh says of itself is judged too, by the owner of partition 0', async () => {
  await mesh.writeRules(watchdogRule);
  await eventually(async () => expect((await mesh.transitions()).map(({ name }) => name)).toEqual(['Watchdog']));
  await mesh.restart();
  await mesh.idle();
  expect(await mesh.transitions()).toHaveLength(1);
});

function states(records: readonly AlertRecord[]): string[] {
  return records.map(({ state }) => state);
}

function lines(records: readonly AlertRecord[]): string[] {
  return records
    .filter(({ state, neverFired }) => state !== 'pending' && !neverFired)
    .map(({ state, severity }) => `${state} ${severity}`);
}

const poolRule = `apiVersion: omninode/v1
kind: RuleSet
defaults:
  noData: { after: 1h, as: noData }
rules:
  - name: PoolNearlyExhausted
    signal: { metric: omninode_active_connections, by: [target, service_name] }
    window: { fn: last }
    levels:
      warning: { fire: "> 80", clear: "< 70" }
      critical: { fire: "> 90" }
    annotations: { summary: "{{ labels.target }}: {{ value }} in use" }
`;

const watchdogRule = `apiVersion: omninode/v1
kind: RuleSet
rules:
  - name: Watchdog
    signal: { metric: omninode_mesh_watchdog }
    window: { fn: last }
    levels: { info: { fire: "> 0" } }
`;
