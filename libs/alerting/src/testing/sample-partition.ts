import { PartitionState } from '@omninode/aggregation';
import type { AlertRecord, DecodedRecord } from '@omninode/contracts';
import { AlertEngine } from '../engine/alert-engine.js';
import { parseRules } from '../rules/parse-rules.js';
import type { Rule } from '../rules/rule.js';
import { sampleCatalogue } from './sample-alerts.js';

/** When the time of the tests begins: 2026-01-01. */
export const sampleStartMs = 1_767_225_600_000;

/** The rules of a text that begins with its first rule. */
export function sampleRules(rules: string): readonly Rule[] {
  const text = `apiVersion: omninode/v1\nkind: RuleSet\nrules:\n${rules}`;
  const parsed = parseRules(text, { file: 'sample.yaml', catalogue: sampleCatalogue, runbooksUrl: 'http://mesh/' });
  if (parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules;
}

/** A partition with its alerts and the topic that they go to. Times are seconds from the start. */
export class SamplePartition {
  readonly told: AlertRecord[] = [];
  readonly engine: AlertEngine;
  readonly state = new PartitionState({ series: 5_000, seriesPerEntity: 5_000 });

  constructor(rules: string, replayedAfterMs = Infinity) {
    const options = { partition: 0, hasOffsets: true, replayedAfterMs, mostInstances: 5_000 };
    this.engine = new AlertEngine(sampleRules(rules), options);
    this.state.onApplied = ({ entity }, nowMs) =>
      this.engine.afterRecord({ entity, store: this.state.store, offset: this.offset, nowMs });
  }

  get offset(): number {
    return this.state.nextOffset - 1;
  }

  take(record: DecodedRecord, nowMs = record.timeMs): void {
    this.state.take({ ok: true, record }, { offset: this.state.nextOffset }, nowMs);
    this.publish(nowMs);
  }

  tick(seconds: number): void {
    const nowMs = sampleStartMs + seconds * 1_000;
    this.engine.tick(nowMs, this.offset);
    this.publish(nowMs);
  }

  /** What was told, one word for each: its state, with what is special about it. */
  lines(): string[] {
    return this.told.map(({ state, neverFired, flapping, replayed }) =>
      [state, neverFired && 'never fired', flapping && 'flapping', replayed && 'replayed'].filter(Boolean).join(', '),
    );
  }

  publish(nowMs: number): void {
    this.engine.settle(nowMs, this.offset, true);
    const waiting = [...this.engine.outbox.waiting()];
    this.told.push(...waiting);
    this.engine.outbox.published(waiting);
  }
}
