import { matches } from '../rules/matchers.js';
import type { Rule } from '../rules/rule.js';
import { alertLabels, newInstance, type AlertInstance } from './alert-instance.js';
import { EntityInputs } from './entity-inputs.js';
import type { RuleSet, RuleUse } from './rule-set.js';
import type { Input, SeriesStore, Side } from './side.js';

/** Which series belong to which alerts. Follows the store: new series are added, and all is found again when the store is another. */
export class InstanceIndex {
  readonly byFingerprint = new Map<string, AlertInstance>();
  readonly entities = new Map<string, EntityInputs>();
  /** Alerts that there was no room for. */
  refused = 0;
  private readonly byKey = new Map<string, AlertInstance>();
  private store: SeriesStore | undefined;
  private size = 0;

  constructor(
    private rules: RuleSet,
    private readonly most: number,
    private readonly onNew: (instance: AlertInstance) => void,
  ) {}

  /** Whether it knows all series of a store. */
  isOf(store: SeriesStore): boolean {
    return store === this.store && store.size === this.size;
  }

  /**
   * Follows the store. `isKnown`: what its series have now is in the windows already. True when the store is another than before, so
   * that alerts may be left without series.
   */
  update(store: SeriesStore, isKnown = false): boolean {
    if (store === this.store) {
      this.attachFrom(this.size, store, undefined, isKnown);
      return false;
    }
    const isMoved = this.store !== undefined;
    const kept = this.detachAll();
    this.store = store;
    this.attachFrom(0, store, kept, isKnown);
    return isMoved;
  }

  /** Other rules: the alerts that stay are found again with the next record. */
  replaceRules(rules: RuleSet): void {
    this.rules = rules;
    const store = this.store;
    if (!store) return;
    const kept = this.detachAll();
    this.attachFrom(0, store, kept, false);
  }

  add(instance: AlertInstance): void {
    this.byFingerprint.set(instance.fingerprint, instance);
    this.byKey.set(keyOf(instance.rule, instance.labels), instance);
  }

  remove(instance: AlertInstance): void {
    this.byFingerprint.delete(instance.fingerprint);
    this.byKey.delete(keyOf(instance.rule, instance.labels));
  }

  /** Alerts without any series: these were forgotten, or have not been seen since a restart. */
  withoutSeries(): AlertInstance[] {
    return [...this.byFingerprint.values()].filter(({ main, per }) => main.inputs.length === 0 && !per?.inputs.length);
  }

  private attachFrom(from: number, store: SeriesStore, kept: KeptInputs | undefined, isKnown: boolean): void {
    const grown = new Map<string, AlertInstance[]>();
    for (let series = from; series < store.size; series++) {
      for (const use of this.rules.byMetric.get(store.series[series]!.metric.name) ?? []) {
        const instance = this.attach(use, series, store, kept, isKnown);
        if (!instance) continue;
        const others = grown.get(instance.entity);
        if (others) others.push(instance);
        else grown.set(instance.entity, [instance]);
      }
    }
    this.size = store.size;
    for (const [entity, instances] of grown) this.arrange(entity, instances);
  }

  private attach(
    { rule, side: name }: RuleUse,
    number: number,
    store: SeriesStore,
    kept: KeptInputs | undefined,
    isKnown: boolean,
  ): AlertInstance | undefined {
    const { entity, metric, labelValues } = store.series[number]!;
    const signal = rule.signal[name]!;
    if (signal.kind !== metric.kind || !matches(signal.where, metric.labelNames, labelValues)) return undefined;
    const instance = this.instanceOf(rule, entity, alertLabels(rule, entity, metric.labelNames, labelValues));
    if (!instance) return undefined;
    const side = instance[name]!;
    if (metric.kind === 'histogram') side.takeBounds(metric.bounds);
    const input: Input = { series: number, before: undefined, timeMs: 0 };
    const before = kept?.get(side)?.get(labelValues);
    if (before) Object.assign(input, { before: before.before, timeMs: before.timeMs });
    else if (isKnown) side.know(input, store);
    // What has passed of its other series belongs to them in the order in which they stand.
    instance.inputs?.wake(instance);
    side.inputs.push(input);
    return instance;
  }

  private instanceOf(rule: Rule, entity: string, labels: Record<string, string>): AlertInstance | undefined {
    const known = this.byKey.get(keyOf(rule, labels));
    if (known) return known;
    if (this.byFingerprint.size >= this.most) {
      this.refused++;
      return undefined;
    }
    const instance = newInstance(rule, entity, labels);
    this.add(instance);
    this.onNew(instance);
    return instance;
  }

  /** Lays the series of an entity out anew, with those that more of its alerts have now. */
  private arrange(entity: string, grown: readonly AlertInstance[]): void {
    const { order } = this.rules;
    const before = this.entities.get(entity)?.instances ?? [];
    for (const instance of before) instance.inputs?.wake(instance);
    const instances = [...new Set([...before, ...grown])];
    instances.sort((a, b) => order.get(a.rule.name)! - order.get(b.rule.name)!);
    this.entities.set(entity, new EntityInputs(instances));
  }

  private detachAll(): KeptInputs {
    const kept: KeptInputs = new Map();
    for (const instance of this.byFingerprint.values()) {
      const { main, per } = instance;
      instance.inputs?.wake(instance);
      instance.inputs = undefined;
      for (const side of per ? [main, per] : [main]) {
        const inputs = side.inputs.splice(0);
        kept.set(side, new Map(inputs.map((input) => [this.store!.series[input.series]!.labelValues, input])));
      }
    }
    this.entities.clear();
    this.size = 0;
    return kept;
  }
}

/** What was read of the series of each side, by their label values: a store that was copied has the very same arrays. */
type KeptInputs = Map<Side, Map<readonly string[], Input>>;

/** Cheaper than the fingerprint, which has to be computed; labels are made in one order for each rule. */
function keyOf({ name }: Rule, labels: Readonly<Record<string, string>>): string {
  let key = name;
  for (const label in labels) key += `\0${label}\0${labels[label]}`;
  return key;
}
