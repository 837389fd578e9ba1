import { PartitionState } from '@omninode/aggregation';
import type { AlertRecord } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { parseRules } from '../rules/parse-rules.js';
import { AlertEngine, type EngineForm } from './alert-engine.js';
import { gaugeRecord, sampleCatalogue } from '../testing/sample-alerts.js';

const startMs = 1_767_225_600_000;

test('an alert is pending for as long as the rule says, fires, rises, falls and ends, without a refire in between', () => {
  const mesh = begin(levelsRule);
  mesh.play([50, 85, 85, 85, 95, 95, 95, 85, 72, 60]);
  expect(mesh.told()).toEqual([
    'pending warning',
    'firing warning',
    'firing critical',
    'firing warning',
    'resolved warning',
  ]);
  const times = mesh.records.map(({ time, startsAt }) => [(time - startMs) / 15_000, (startsAt - startMs) / 15_000]);
  expect(times).toEqual([
    [1, 1],
    [3, 1],
    [6, 1],
    [7, 1],
    [9, 1],
  ]);
});

test('a pending alert that ends before its time is withdrawn, as one that nobody was told of', () => {
  const mesh = begin(levelsRule);
  mesh.play([85, 50]);
  expect(mesh.records.map(({ state, neverFired }) => [state, neverFired])).toEqual([
    ['pending', undefined],
    ['resolved', true],
  ]);
});

test('a snapshot in the midst of each state goes on exactly as if nothing had happened', () => {
  const values = [50, 85, 85, 85, 95, 95, 95, 85, 72, 60, 60, 85, 85, 50];
  const whole = begin(levelsRule);
  whole.play(values);
  for (let cut = 1; cut < values.length; cut++) {
    const parts = begin(levelsRule);
    parts.play(values.slice(0, cut));
    parts.restart();
    parts.play(values.slice(cut));
    expect(parts.records, `restarted after ${cut}`).toEqual(whole.records);
  }
});

test('killed after any transition was published and before a snapshot: none is lost, doubled or taken back', () => {
  const values = [50, 85, 85, 85, 95, 95, 95, 85, 72, 60, 60, 85, 85, 50];
  const whole = begin(levelsRule);
  whole.play(values);
  for (let saved = 0; saved < values.length; saved++) {
    for (let killed = saved; killed <= values.length; killed++) {
      const mesh = begin(levelsRule);
      mesh.play(values.slice(0, saved));
      mesh.save();
      mesh.play(values.slice(saved, killed));
      mesh.kill();
      mesh.play(values.slice(saved));
      expect(mesh.records, `saved after ${saved}, killed after ${killed}`).toEqual(whole.records);
    }
  }
});

/** A partition with its topic of alerts, which is published to after every record. */
function begin(rule: string) {
  const { rules, problems } = parseRules(rule, { file: 'test.yaml', catalogue: sampleCatalogue, runbooksUrl: '' });
  expect(problems).toEqual([]);
  const options = { partition: 0, hasOffsets: true, replayedAfterMs: Infinity, mostInstances: 100 };
  const limits = { series: 1_000, seriesPerEntity: 1_000 };
  const records: AlertRecord[] = [];
  let state = new PartitionState(limits);
  let engine = new AlertEngine(rules, options);
  let step = 0;
  let saved: { form: string; values: readonly number[]; step: number } = { form: '', values: [], step: 0 };
  let played: number[] = [];
  const connect = () => {
    state.onApplied = ({ entity }, nowMs) =>
      engine.afterRecord({ entity, store: state.store, offset: state.nextOffset - 1, nowMs });
  };
  const take = (value: number) => {
    const nowMs = startMs + step++ * 15_000;
    state.take({ ok: true, record: gaugeRecord('db', value, nowMs) }, { offset: state.nextOffset }, nowMs);
    played.push(value);
  };
  const restore = (form: string, values: readonly number[]) => {
    state = new PartitionState(limits);
    step = 0;
    played = [];
    for (const value of values) take(value);
    engine = new AlertEngine(rules, options);
    engine.restore(form ? (JSON.parse(form) as EngineForm) : undefined, state.store, moment());
    connect();
  };
  const moment = () => ({ timeMs: startMs, nowMs: startMs, offset: state.nextOffset - 1 });
  connect();
  return {
    records,
    play(values: readonly number[]) {
      for (const value of values) {
        take(value);
        engine.settle(startMs + step * 15_000, state.nextOffset - 1, true);
        const waiting = [...engine.outbox.waiting()];
        records.push(...waiting);
        engine.outbox.published(waiting);
      }
    },
    save: () => (saved = { form: JSON.stringify(engine.form()), values: [...played], step }),
    restart() {
      restore(JSON.stringify(engine.form()), [...played]);
      engine.adopt(records);
    },
    kill() {
      restore(saved.form, saved.values);
      engine.adopt(records);
    },
    told: () => records.map((record) => `${record.state} ${record.severity}`),
  };
}

const levelsRule = `
apiVersion: omninode/v1
kind: RuleSet
rules:
  - name: PoolNearlyExhausted
    signal: { metric: omninode_active_connections, by: [target] }
    window: { fn: last }
    levels:
      warning: { fire: "> 80", clear: "< 70" }
      critical: { fire: "> 90" }
    for: 30s
`;
