import { PartitionState } from '@omninode/aggregation';
import type { DecodedRecord } from '@omninode/contracts';
import { AlertEngine } from '../engine/alert-engine.js';
import type { AlertInstance } from '../engine/alert-instance.js';
import type { Rule, RuleTest, TestExpectation } from '../rules/rule.js';
import { kindsOf, stepsOf, testRecords } from './test-records.js';

/** Tests begin at this time, ms since 1970 UTC. */
export const testStartMs = 1_767_225_600_000;

/** What does not come as the tests of a rule expect it; empty when all does. */
export function runRuleTests(rule: Rule): string[] {
  return rule.tests.flatMap((test) => runTest(rule, test));
}

function runTest(rule: Rule, test: RuleTest): string[] {
  const problems: string[] = [];
  const expected = [...test.expect].sort((a, b) => a.atMs - b.atMs);
  playTest(rule, test, (atMs, engine) => {
    while (expected[0] && expected[0].atMs < atMs + test.intervalMs) {
      const problem = compare(expected.shift()!, [...engine.instances()]);
      if (problem) problems.push(`${rule.name}, ${test.name}: ${problem}`);
    }
  });
  return problems;
}

/** Plays the series of a test through an engine; told after each interval, with its time from the start of the test. */
export function playTest(rule: Rule, test: RuleTest, onStep: (atMs: number, engine: AlertEngine) => void): void {
  const engine = new AlertEngine([rule], {
    partition: 0,
    hasOffsets: true,
    replayedAfterMs: Infinity,
    mostInstances: 10_000,
  });
  const state = new PartitionState({ series: 10_000, seriesPerEntity: 10_000 });
  state.onApplied = ({ entity }, nowMs) =>
    engine.afterRecord({ entity, store: state.store, offset: state.nextOffset - 1, nowMs });
  const records = testRecords(test, kindsOf(rule), testStartMs);
  let next: DecodedRecord | undefined = records.next().value ?? undefined;
  for (let step = 0; step < stepsOf(test); step++) {
    const nowMs = testStartMs + step * test.intervalMs;
    for (; next && next.timeMs <= nowMs; next = records.next().value ?? undefined) {
      state.take({ ok: true, record: next }, { offset: state.nextOffset }, nowMs);
    }
    engine.tick(nowMs, state.nextOffset - 1);
    onStep(step * test.intervalMs, engine);
  }
}

function compare(
  { atMs, state, severity, labels }: TestExpectation,
  instances: readonly AlertInstance[],
): string | undefined {
  const meant = instances.filter((instance) =>
    Object.entries(labels ?? {}).every(([name, value]) => instance.labels[name] === value),
  );
  const when = `at ${atMs / 1000} s`;
  if (meant.length > 1 && labels === undefined)
    return `${when} there are ${meant.length} alerts: say by labels which is meant`;
  const found = meant[0];
  const phase = found?.state.phase === 'keepFiring' ? 'firing' : (found?.state.phase ?? 'inactive');
  if (phase !== state) return `${when} it is ${phase} (${valueText(found)}), expected ${state}`;
  if (severity === undefined || !found) return undefined;
  const is = found.rule.levels[found.state.level]?.severity;
  return is === severity ? undefined : `${when} its severity is ${is}, expected ${severity}`;
}

function valueText(instance: AlertInstance | undefined): string {
  return instance ? `value ${instance.state.value}` : 'there is no alert';
}
