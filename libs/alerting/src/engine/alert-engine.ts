import { Listed } from '@omninode/aggregation';
import type { AlertRecord } from '@omninode/contracts';
import type { Rule } from '../rules/rule.js';
import { adopt } from './adopt.js';
import { instanceForm, restoredInstance, type AlertInstance, type InstanceForm } from './alert-instance.js';
import { conditionOf, type AlertCondition } from './alert-state.js';
import { Crowd, isOverflow } from './crowd.js';
import { Evaluator } from './evaluator.js';
import { InstanceIndex } from './instance-index.js';
import { Outbox } from './outbox.js';
import { ruleSet, type RuleSet } from './rule-set.js';
import type { SeriesStore } from './side.js';
import { Teller, type Moment } from './teller.js';

export interface EngineOptions {
  readonly partition: number;
  /** Whether the input can be read again from an offset; false for what the mesh says of itself. */
  readonly hasOffsets: boolean;
  /** What is decided of measurements older than this is told as replayed, ms. */
  readonly replayedAfterMs: number;
  /** Alerts, firing or not, that may be watched at once. */
  readonly mostInstances: number;
}

/** A record that the state of the partition has just taken. */
export interface Applied {
  readonly entity: string;
  readonly store: SeriesStore;
  readonly offset: number;
  readonly nowMs: number;
}

/** As a snapshot holds it. */
export interface EngineForm {
  readonly version: 1;
  readonly instances: Iterable<InstanceForm>;
  readonly overflows: readonly InstanceForm[];
  readonly outbox: readonly AlertRecord[];
}

/**
 * The alerts of one partition of the measurement topic. It sees each record once, right after the series took it, and evaluates the
 * alerts of that record's entity which have news, in the time of the measurements: so the same records always lead to the same
 * transitions.
 *
 * The invariant over restarts: a transition is named by its alert's fingerprint and its time. It is decided from records up to an
 * offset, is in the outbox or on the alert topic from then on, and carries that offset. Whoever restores an older snapshot takes over
 * the newest transition of each alert from the topic and decides nothing of that alert from records up to its offset. So what was
 * told is never told again and never taken back, and what was decided but not told is decided again by the same records.
 */
export class AlertEngine {
  readonly outbox = new Outbox();
  private readonly teller: Teller;
  private readonly crowd: Crowd;
  private readonly index: InstanceIndex;
  private readonly evaluator: Evaluator;
  private rules: RuleSet;
  /** What the topic says of alerts that are not known here, the newest last. */
  private readonly unclaimed = new Map<string, AlertRecord[]>();

  constructor(
    rules: readonly Rule[],
    private readonly options: EngineOptions,
  ) {
    this.rules = ruleSet(rules);
    this.teller = new Teller(options, this.outbox);
    this.crowd = new Crowd(options.partition, this.teller);
    this.index = new InstanceIndex(this.rules, options.mostInstances, (instance) => this.claim(instance));
    this.evaluator = new Evaluator(this.teller, this.crowd, this.index);
  }

  get size(): number {
    return this.index.byFingerprint.size;
  }

  /** The hot path: where nothing is new for any rule it costs one comparison for each series that rules read of the entity. */
  afterRecord({ entity, store, offset, nowMs }: Applied): void {
    if (!this.index.isOf(store)) this.follow(store, { timeMs: nowMs, nowMs, offset });
    const inputs = this.index.entities.get(entity);
    if (inputs?.readNews(store, nowMs)) this.evaluator.evaluate(inputs, store, offset, nowMs);
  }

  /** What the clock alone decides. Only to be called when caught up. `offset`: of the newest record. */
  tick(nowMs: number, offset: number): void {
    this.evaluator.tick(nowMs, offset);
  }

  /**
   * Once caught up, before publishing. `isComplete`: all rules could be loaded, so an alert on the topic that nobody here knows is
   * nobody's any more.
   */
  settle(nowMs: number, offset: number, isComplete: boolean): void {
    this.teller.settle({ nowMs, offset });
    if (!isComplete) return;
    for (const records of this.unclaimed.values()) this.endUnclaimed(records.at(-1)!, nowMs, offset);
    this.unclaimed.clear();
  }

  /** Other rules. Alerts of rules that are the same stay as they are, those of others are resolved with the reason. */
  replaceRules(rules: readonly Rule[], moment: Moment): void {
    const before = this.rules;
    this.rules = ruleSet(rules);
    for (const instance of this.index.byFingerprint.values()) {
      const rule = this.rules.byName.get(instance.rule.name);
      if (rule?.version === instance.rule.version) {
        instance.rule = rule;
        continue;
      }
      this.remove(instance, rule ? reasons.changed : reasons.gone, moment);
    }
    for (const rule of before.byName.values()) {
      if (this.rules.byName.get(rule.name)?.version === rule.version) continue;
      const overflow = this.crowd.forget(rule);
      if (overflow) this.teller.withdraw(overflow, reasons.changed, moment);
    }
    this.index.replaceRules(this.rules);
  }

  /** Restores what a snapshot held, before the first record. `store`: as the same snapshot held it. */
  restore(form: EngineForm | undefined, store: SeriesStore | undefined, moment: Moment): void {
    for (const record of form?.outbox ?? []) {
      this.outbox.add(record);
      this.noteUnclaimed(record);
    }
    for (const instance of form?.instances ?? []) this.restoreInstance(instance, moment);
    for (const overflow of form?.overflows ?? []) {
      const rule = this.rules.byName.get(overflow.rule);
      if (rule) Object.assign(this.crowd.overflowOf(rule).state, overflow.state);
    }
    if (store) this.index.update(store, true);
  }

  /** Takes over what the alert topic says of this partition's alerts, in its order. After `restore`, before the first record. */
  adopt(records: Iterable<AlertRecord>): void {
    for (const record of records) {
      this.outbox.publishedUntil(record.fingerprint, record.time);
      this.noteUnclaimed(record);
    }
    for (const instance of this.index.byFingerprint.values()) this.claim(instance);
    for (const [first] of this.unclaimed.values()) {
      const rule = isOverflow(first!) ? this.rules.byName.get(first!.name) : undefined;
      if (rule) this.claim(this.crowd.overflowOf(rule));
    }
  }

  form(): EngineForm {
    return {
      version: 1,
      instances: new Listed(() => this.instanceForms()),
      overflows: [...this.crowd.instances()].map(instanceForm),
      outbox: this.outbox.waiting(),
    };
  }

  instance(fingerprint: string): AlertInstance | undefined {
    const instance = this.index.byFingerprint.get(fingerprint);
    instance?.inputs?.settle(instance);
    return instance;
  }

  *instances(): Iterable<AlertInstance> {
    for (const instance of this.index.byFingerprint.values()) {
      instance.inputs?.settle(instance);
      yield instance;
    }
  }

  counts(): EngineCounts {
    const byCondition: Record<AlertCondition, number> = {
      inactive: 0,
      pending: 0,
      firing: 0,
      keepFiring: 0,
      noData: 0,
      flapping: 0,
    };
    for (const { state } of this.index.byFingerprint.values()) byCondition[conditionOf(state)]++;
    return {
      byCondition,
      refused: this.index.refused,
      transitions: this.teller.counts,
      failures: this.evaluator.failures,
      unpublished: this.outbox.size,
      superseded: this.outbox.superseded,
    };
  }

  private *instanceForms(): Iterable<InstanceForm> {
    for (const instance of this.instances()) yield instanceForm(instance);
  }

  private follow(store: SeriesStore, moment: Moment): void {
    // After old series were forgotten, alerts that have none left are over.
    if (!this.index.update(store)) return;
    for (const instance of this.index.withoutSeries()) this.remove(instance, reasons.noSeries, moment);
  }

  private remove(instance: AlertInstance, reason: string, moment: Moment): void {
    const { state, rule } = instance;
    this.crowd.count(rule, state.phase === 'inactive' ? 0 : -1, state.isCrowdedOut ? -1 : 0);
    this.teller.withdraw(instance, reason, moment);
    this.index.remove(instance);
  }

  private restoreInstance(form: InstanceForm, moment: Moment): void {
    const rule = this.rules.byName.get(form.rule);
    // Of a rule that is not there: what the topic says of it waits in `unclaimed` for the rule, or for its end.
    if (!rule) return;
    const instance = restoredInstance(rule, form);
    if (rule.version !== form.version) return this.teller.withdraw(instance, reasons.changed, moment);
    this.index.add(instance);
    this.teller.remember(instance);
    this.crowd.count(rule, instance.state.phase === 'inactive' ? 0 : 1, instance.state.isCrowdedOut ? 1 : 0);
  }

  private noteUnclaimed(record: AlertRecord): void {
    const others = this.unclaimed.get(record.fingerprint);
    if (others) others.push(record);
    else this.unclaimed.set(record.fingerprint, [record]);
  }

  /** An alert takes over what the topic says of it and it does not know itself. */
  private claim(instance: AlertInstance): void {
    const { state, rule, fingerprint } = instance;
    const records = this.unclaimed.get(fingerprint);
    if (!records) return;
    this.unclaimed.delete(fingerprint);
    const newer = records.filter(({ time }) => time > state.toldMs).sort((a, b) => a.time - b.time);
    const newest = newer.at(-1);
    if (!newest) return;
    const before = { ...state };
    adopt(rule, state, newer);
    this.teller.remember(instance);
    if (newest.ruleVersion !== rule.version) {
      this.teller.withdraw(instance, reasons.changed, {
        timeMs: newest.time,
        nowMs: newest.time,
        offset: state.decidedOffset,
      });
      state.since.fill(0);
      state.level = -1;
    }
    if (isOverflow(instance)) return;
    const stepOf = (is: boolean, was: boolean) => Number(is) - Number(was);
    const activeStep = stepOf(state.phase !== 'inactive', before.phase !== 'inactive');
    this.crowd.count(rule, activeStep, stepOf(state.isCrowdedOut, before.isCrowdedOut));
  }

  /** An alert on the topic that is nobody's any more. */
  private endUnclaimed(newest: AlertRecord, nowMs: number, offset: number): void {
    if (newest.state === 'resolved') return;
    const time = Math.max(nowMs, newest.time + 1);
    const { replayed: _replayed, flapping: _flapping, offset: _offset, ...record } = newest;
    const ended = { state: 'resolved' as const, time, endsAt: time, reason: reasons.gone };
    const neverFired = newest.state === 'pending' && { neverFired: true };
    this.outbox.add({ ...record, ...neverFired, ...ended, ...(this.options.hasOffsets && { offset }) });
  }
}

export interface EngineCounts {
  readonly byCondition: Readonly<Record<AlertCondition, number>>;
  /** Alerts that there was no room for. */
  readonly refused: number;
  readonly transitions: Readonly<Record<AlertRecord['state'], number>>;
  readonly failures: number;
  readonly unpublished: number;
  readonly superseded: number;
}

const reasons = {
  gone: 'Its rule is gone, or its series are.',
  changed: 'Its rule was changed; the new one judges anew.',
  noSeries: 'Nobody has sent its series for a day.',
} as const;
