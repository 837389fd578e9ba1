import { fingerprintOf } from '../rules/hash.js';
import type { Rule } from '../rules/rule.js';
import { newAlertState, type AlertState } from './alert-state.js';
import type { EntityInputs } from './entity-inputs.js';
import { Side, type SideForm } from './side.js';

/** An alert of a rule about one set of labels, whether it fires or not. Its series lie in one partition, because they are one entity's. */
export interface AlertInstance {
  /** Replaced by its like when the rules are loaded anew. */
  rule: Rule;
  readonly entity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly main: Side;
  readonly per: Side | undefined;
  readonly state: AlertState;
  /** Where its series are read, and its place there; undefined while it has none. */
  inputs: EntityInputs | undefined;
  place: number;
}

/** As a snapshot holds it. */
export interface InstanceForm {
  readonly rule: string;
  readonly version: string;
  readonly entity: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What differs from the state of a new one: most alerts are inactive. */
  readonly state: Partial<AlertState>;
  readonly main: SideForm;
  readonly per?: SideForm;
}

export function newInstance(rule: Rule, entity: string, labels: Readonly<Record<string, string>>): AlertInstance {
  const { signal, window, minSamples } = rule;
  return {
    rule,
    entity,
    labels,
    fingerprint: fingerprintOf(rule.name, labels),
    main: new Side(signal.main, window, minSamples),
    per: signal.per && new Side(signal.per, window, minSamples),
    state: newAlertState(rule.levels.length),
    inputs: undefined,
    place: 0,
  };
}

/** Labels of the alert of a rule about a series: what the rule groups by, what the rule adds, and whose it is where nothing says so. */
export function alertLabels(
  { signal: { by }, labels: added, name }: Rule,
  entity: string,
  labelNames: readonly string[],
  labelValues: readonly string[],
): Record<string, string> {
  const labels: Record<string, string> = { alertname: name, ...added };
  let isNamed = entity === meshEntity;
  for (const label of by) {
    const value = labelValues[labelNames.indexOf(label)] ?? '';
    if (value === entity) isNamed = true;
    if (value !== '') labels[label] = value;
  }
  if (!isNamed) labels.entity = entity;
  return labels;
}

/** What the mesh says of itself as a whole belongs to this entity. */
export const meshEntity = 'mesh';

export function instanceForm({ rule, entity, labels, state, main, per }: AlertInstance): InstanceForm {
  return {
    rule: rule.name,
    version: rule.version,
    entity,
    labels,
    state: changedOf(state),
    main: main.form(),
    ...(per && { per: per.form() }),
  };
}

export function restoredInstance(rule: Rule, form: InstanceForm): AlertInstance {
  const instance = newInstance(rule, form.entity, form.labels);
  Object.assign(instance.state, structuredClone(form.state));
  instance.main.restore(form.main);
  if (form.per) instance.per?.restore(form.per);
  return instance;
}

function changedOf(state: AlertState): Partial<AlertState> {
  const fresh = newAlertState(state.since.length);
  const isChanged = ([field, value]: [string, unknown]) =>
    Array.isArray(value) ? value.some(Boolean) : value !== fresh[field as keyof AlertState];
  return Object.fromEntries(Object.entries(state).filter(isChanged));
}
