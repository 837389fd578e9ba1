import { PartitionState } from '@omninode/aggregation';
import type { AlertRecord } from '@omninode/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointRecord } from '../testing/sample-alerts.js';
import { sampleRules, sampleStartMs } from '../testing/sample-partition.js';
import { AlertEngine, type EngineForm } from './alert-engine.js';

const gauge = 'omninode_active_connections';
const counter = 'omninode_requests_total';

/** Of each sort one, summed over pools or statuses. */
const rules = sampleRules(
  [
    ...['last', 'avg', 'min', 'max', 'sum', 'quantile, q: 0.5'].map((fn) => ruleText(gauge, fn, '> 60', '<= 50')),
    ...['last', 'avg', 'min'].map((fn) => ruleText(gauge, fn, '< 20', '> 30')),
    ...['increase', 'rate'].map((fn) => ruleText(counter, fn, fn === 'rate' ? '> 0.5' : '> 30', '')),
  ].join(''),
);

/** Mostly below what fires, often near it, at times beyond; some samples come late, and counters begin anew. */
const steps = fc.array(
  fc.record({
    metric: fc.constantFrom(gauge, gauge, counter),
    part: fc.nat(2),
    seconds: fc.constantFrom(1, 1, 5, 5, 20, 400),
    lateSeconds: fc.constantFrom(0, 0, 0, 0, 2.5),
    amount: fc.oneof(
      { weight: 4, arbitrary: fc.nat(12) },
      { weight: 3, arbitrary: fc.integer({ min: 15, max: 25 }) },
      { weight: 1, arbitrary: fc.nat(80) },
    ),
    isReset: fc.constantFrom(false, false, false, false, false, true),
  }),
  { minLength: 20, maxLength: 150 },
);

test('what passes unjudged ends as if each sample were judged', () => {
  let fired = 0;
  fc.assert(
    fc.property(steps, (drawn) => {
      const calm = run(drawn, false);
      // A restored engine judges the next sample of each alert: nothing can pass.
      const judging = run(drawn, true);
      expect(calm).toEqual(judging);
      fired += calm.told.filter(({ state }) => state === 'firing').length;
    }),
    { numRuns: 150 },
  );
  expect(fired).toBeGreaterThan(100);
});

test('an alert whose window has something high in it is judged, however low the newest sample is', () => {
  const amounts = [0, 0, 150, ...Array.from({ length: 11 }, () => 55)];
  const drawn = amounts.map((amount) => {
    return { metric: gauge, part: 0, seconds: 10, lateSeconds: 0, amount, isReset: false };
  });
  const { told } = run(drawn, false);
  // The first two samples leave the window, and the average rises above 60 with a sample below.
  const averages = told.filter(({ name }) => name === 'OfGaugeavg');
  expect(averages.map(({ state, time }) => [state, (time - sampleStartMs) / 1_000])).toEqual([['pending', 140]]);
  expect(run(drawn, true).told).toEqual(told);
});

test('and so it does where windows hold so many samples that some are thinned out', () => {
  const drawn = Array.from({ length: 1_500 }, (_, at) => ({
    metric: at % 2 === 0 ? gauge : counter,
    part: 0,
    seconds: at % 4 === 0 ? 1 : 0.1,
    lateSeconds: 0,
    amount: at % 700 > 660 ? 9 : 0.01,
    isReset: false,
  }));
  expect(run(drawn, false)).toEqual(run(drawn, true));
});

function run(drawn: readonly Step[], isRestored: boolean): { readonly told: AlertRecord[]; readonly form: EngineForm } {
  const options = { partition: 0, hasOffsets: true, replayedAfterMs: Infinity, mostInstances: 100 };
  const state = new PartitionState({ series: 100, seriesPerEntity: 100 });
  let engine = new AlertEngine(rules, options);
  state.onApplied = ({ entity }, nowMs) =>
    engine.afterRecord({ entity, store: state.store, offset: state.nextOffset - 1, nowMs });
  const told: AlertRecord[] = [];
  const totals = [0, 0, 0];
  const ticksMs: number[] = [];
  let nowMs = sampleStartMs;
  for (const { metric, part, seconds, lateSeconds, amount, isReset } of drawn) {
    nowMs += seconds * 1_000;
    const timeMs = nowMs - lateSeconds * 1_000;
    if (metric === counter) totals[part] = isReset ? amount : totals[part]! + amount;
    const value = metric === counter ? totals[part]! : amount;
    const label = metric === counter ? 'status' : 'pool';
    const kind = metric === counter ? 'counter' : 'gauge';
    const record = pointRecord(metric, kind, { target: 'db', [label]: String(part) }, value, timeMs);
    state.take({ ok: true, record }, { offset: state.nextOffset }, nowMs);
    engine.tick(nowMs, state.nextOffset - 1);
    ticksMs.push(nowMs);
    told.push(...engine.outbox.waiting());
    engine.outbox.published([...engine.outbox.waiting()]);
    if (!isRestored) continue;
    const form = JSON.parse(JSON.stringify(engine.form())) as EngineForm;
    engine = new AlertEngine(rules, options);
    // It has watched the clock as the other one has, so that both count silence alike.
    for (const tickMs of ticksMs) engine.tick(tickMs, -1);
    engine.restore(form, state.store, { timeMs: nowMs, nowMs, offset: state.nextOffset - 1 });
  }
  return { told, form: JSON.parse(JSON.stringify(engine.form())) as EngineForm };
}

interface Step {
  readonly metric: string;
  readonly part: number;
  readonly seconds: number;
  readonly lateSeconds: number;
  readonly amount: number;
  readonly isReset: boolean;
}

function ruleText(metric: string, fn: string, fire: string, clear: string): string {
  const name = `Of${metric === gauge ? 'Gauge' : 'Counter'}${fn.replaceAll(/\W/g, '')}${fire.startsWith('<') ? 'Low' : ''}`;
  return `
  - name: ${name}
    signal: { metric: ${metric}, by: [target] }
    window: { fn: ${fn}, over: 2m }
    levels: { warning: { fire: "${fire}"${clear && `, clear: "${clear}"`} } }
    for: 5s
    noData: { after: 5m, as: noData }
`;
}
