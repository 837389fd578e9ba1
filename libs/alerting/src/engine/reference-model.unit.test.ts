import { PartitionState } from '@omninode/aggregation';
import type { AlertRecord } from '@omninode/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRules } from '../rules/parse-rules.js';
import { modelOf, type ModelRule, type ModelSample } from '../testing/reference-model.js';
import { pointRecord, sampleCatalogue } from '../testing/sample-alerts.js';
import { AlertEngine, type EngineForm } from './alert-engine.js';

const startMs = 1_767_225_600_000;

/** Samples 5 to 40 s apart; some come twice, some late, some are swapped with the next. */
const arrivals = fc
  .array(
    fc.record({
      stepMs: fc.integer({ min: 1, max: 8 }).map((fives) => fives * 5_000),
      value: fc.integer({ min: 0, max: 100 }),
      trouble: fc.constantFrom('none', 'none', 'none', 'twice', 'late', 'swapped'),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((drawn) => {
    const arrived: ModelSample[] = [];
    let timeMs = startMs;
    for (const { stepMs, value, trouble } of drawn) {
      timeMs += stepMs;
      const sample = { timeMs, value };
      if (trouble === 'late') arrived.push({ timeMs: timeMs - stepMs - 500, value });
      else if (trouble === 'swapped') arrived.splice(-1, 0, sample);
      else arrived.push(sample, ...(trouble === 'twice' ? [sample] : []));
    }
    return arrived;
  });

const rules = fc.record({
  fn: fc.constantFrom<ModelRule['fn'][]>('last', 'avg', 'min', 'max', 'increase'),
  overMs: fc.constantFrom(30_000, 60_000, 300_000),
  levels: fc.constantFrom<ModelRule['levels'][]>(
    [[60, 60]],
    [[60, 40]],
    [
      [50, 40],
      [80, 60],
    ],
  ),
  forMs: fc.constantFrom(0, 30_000, 60_000),
  keepFiringForMs: fc.constantFrom(0, 45_000),
});

test('whatever comes late, twice or in another order, it fires and ends as the reference model says', () => {
  fc.assert(
    fc.property(rules, arrivals, (rule, arrived) => {
      expect(engineSays(rule, arrived, [])).toEqual(modelOf(rule, arrived));
    }),
    { numRuns: 400 },
  );
});

test('and so it does when it is restarted from its snapshot at any moment', () => {
  fc.assert(
    fc.property(rules, arrivals, fc.array(fc.nat(60), { maxLength: 5 }), (rule, arrived, restarts) => {
      expect(engineSays(rule, arrived, restarts)).toEqual(modelOf(rule, arrived));
    }),
    { numRuns: 200 },
  );
});

function engineSays(model: ModelRule, arrived: readonly ModelSample[], restarts: readonly number[]) {
  const rule = ruleOf(model);
  const options = { partition: 0, hasOffsets: true, replayedAfterMs: Infinity, mostInstances: 10 };
  const state = new PartitionState({ series: 10, seriesPerEntity: 10 });
  const kind = model.fn === 'increase' ? 'counter' : 'gauge';
  const name = kind === 'counter' ? 'omninode_requests_total' : 'omninode_active_connections';
  let engine = new AlertEngine([rule], options);
  state.onApplied = ({ entity }, nowMs) =>
    engine.afterRecord({ entity, store: state.store, offset: state.nextOffset - 1, nowMs });
  const told: AlertRecord[] = [];
  for (const [at, { timeMs, value }] of arrived.entries()) {
    const record = pointRecord(name, kind, { target: 'db' }, value, timeMs);
    state.take({ ok: true, record }, { offset: state.nextOffset }, timeMs);
    told.push(...engine.outbox.waiting());
    engine.outbox.published([...engine.outbox.waiting()]);
    if (!restarts.includes(at)) continue;
    const form = JSON.parse(JSON.stringify(engine.form())) as EngineForm;
    engine = new AlertEngine([rule], options);
    engine.restore(form, state.store, { timeMs, nowMs: timeMs, offset: at });
  }
  return told
    .filter(({ state: become, neverFired }) => become !== 'pending' && !neverFired)
    .map(({ state: become, severity, time }) => ({
      timeMs: time,
      level: become === 'resolved' ? 0 : severity === 'critical' ? 2 : 1,
    }));
}

function ruleOf({ fn, overMs, levels, forMs, keepFiringForMs }: ModelRule) {
  const [warning, critical] = levels;
  const level = ([fire, clear]: readonly [number, number]) => `{ fire: "> ${fire}", clear: "<= ${clear}" }`;
  const text = `
apiVersion: omninode/v1
kind: RuleSet
rules:
  - name: Modelled
    signal: { metric: ${fn === 'increase' ? 'omninode_requests_total' : 'omninode_active_connections'}, by: [target] }
    window: { fn: ${fn}, over: ${overMs}ms }
    levels:
      warning: ${level(warning!)}
${critical ? `      critical: ${level(critical)}` : ''}
    for: ${forMs}ms
    keepFiringFor: ${keepFiringForMs}ms
    noData: { after: 1h, as: noData }
`;
  const parsed = parseRules(text, { file: 'model.yaml', catalogue: sampleCatalogue, runbooksUrl: '' });
  expect(parsed.problems).toEqual([]);
  return parsed.rules[0]!;
}
