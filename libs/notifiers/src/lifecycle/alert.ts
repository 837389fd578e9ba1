import type { AlertRecord } from '@omninode/contracts';

export type Severity = AlertRecord['severity'];

const ranks: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Higher is worse. */
export function rankOf(severity: Severity): number {
  return ranks[severity];
}

/** An alert with the labels that matchers see, made once. */
export interface LabelledAlert {
  readonly record: AlertRecord;
  readonly labels: Readonly<Record<string, string>>;
}

/** The labels that matchers, groups and receivers see: those of the alert, its name and how bad it is now. Empty values are none. */
export function labelsOf({ labels, name, severity }: AlertRecord): Readonly<Record<string, string>> {
  const all = Object.entries({ ...labels, alertname: name, severity }).filter(([, value]) => value !== '');
  return Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)));
}
