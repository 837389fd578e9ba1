import type { Rule } from '../rules/rule.js';

/** Where a metric stands in a rule. */
export interface RuleUse {
  readonly rule: Rule;
  readonly side: 'main' | 'per';
}

/** The rules in force, by name, by the metrics that they read, and in the order in which they are judged. */
export interface RuleSet {
  readonly byName: ReadonlyMap<string, Rule>;
  readonly byMetric: ReadonlyMap<string, readonly RuleUse[]>;
  /** Place of a rule in the order: a rule that explains others comes before them. */
  readonly order: ReadonlyMap<string, number>;
}

export function ruleSet(rules: readonly Rule[]): RuleSet {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const byMetric = new Map<string, RuleUse[]>();
  const add = (metric: string, use: RuleUse) => byMetric.set(metric, [...(byMetric.get(metric) ?? []), use]);
  for (const rule of byName.values()) {
    add(rule.signal.main.metric, { rule, side: 'main' });
    if (rule.signal.per) add(rule.signal.per.metric, { rule, side: 'per' });
  }
  return { byName, byMetric, order: orderOf(byName) };
}

/** Rules that depend on each other in a circle stand in the order of their names. */
function orderOf(rules: ReadonlyMap<string, Rule>): ReadonlyMap<string, number> {
  const order = new Map<string, number>();
  const entered = new Set<string>();
  const visit = (rule: Rule) => {
    if (entered.has(rule.name)) return;
    entered.add(rule.name);
    for (const name of rule.dependsOn) {
      const other = rules.get(name);
      if (other) visit(other);
    }
    order.set(rule.name, order.size);
  };
  for (const name of [...rules.keys()].sort()) visit(rules.get(name)!);
  return order;
}
