import type { AlertRecord } from '@omninode/contracts';
import type { LabelledAlert } from './alert.js';
import { matchesAll, type Matcher } from './matcher.js';

/** While an alert fires that matches `source`, alerts that match `target` and agree with it in `equal` are not told. */
export interface InhibitRule {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

/** Says by which firing alert another is inhibited: its fingerprint, or undefined. */
export type Inhibitor = (alert: LabelledAlert) => string | undefined;

/** Reads the rules and the firing alerts once, so that asking for each of many alerts is cheap. */
export function inhibitorOf(rules: readonly InhibitRule[], firing: Iterable<LabelledAlert>): Inhibitor {
  const sources = [...firing];
  const indexes = rules.map((rule) => ({ rule, sources: sourcesOf(rule, sources) }));
  const byName = Map.groupBy(sources, ({ record }) => record.name);
  return (alert) => {
    const { record, labels } = alert;
    for (const { rule, sources: keys } of indexes) {
      if (keys.size === 0 || !matchesAll(rule.target, labels)) continue;
      const source = keys.get(keyOf(rule, labels))?.find((one) => mayInhibit(rule, one, alert));
      if (source) return source.record.fingerprint;
    }
    return dependencyOf(record, byName);
  };
}

/** The names of the rules in an alert's annotation or label `depends_on`, between commas. */
export function dependenciesOf({ annotations, labels }: AlertRecord): readonly string[] {
  const text = annotations.depends_on ?? labels.depends_on ?? '';
  return text.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
}

function sourcesOf(rule: InhibitRule, firing: readonly LabelledAlert[]): Map<string, LabelledAlert[]> {
  return Map.groupBy(
    firing.filter(({ labels }) => matchesAll(rule.source, labels)),
    ({ labels }) => keyOf(rule, labels),
  );
}

/** An alert does not inhibit itself, and two that are both source and target do not inhibit each other. */
function mayInhibit({ source, target }: InhibitRule, by: LabelledAlert, { record, labels }: LabelledAlert): boolean {
  if (by.record.fingerprint === record.fingerprint) return false;
  return !(matchesAll(source, labels) && matchesAll(target, by.labels));
}

function keyOf({ equal }: InhibitRule, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(equal.map((name) => labels[name] ?? ''));
}

/** What a dependency and its dependents are about: where both name it, it must be the same. */
const subjects = ['target', 'service_name'] as const;

function dependencyOf(alert: AlertRecord, byName: ReadonlyMap<string, readonly LabelledAlert[]>): string | undefined {
  for (const name of dependenciesOf(alert)) {
    const source = byName.get(name)?.find(({ record: other }) => {
      if (other.fingerprint === alert.fingerprint || dependenciesOf(other).includes(alert.name)) return false;
      return subjects.every(
        (label) => !alert.labels[label] || !other.labels[label] || alert.labels[label] === other.labels[label],
      );
    });
    if (source) return source.record.fingerprint;
  }
  return undefined;
}
