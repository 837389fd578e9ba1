import type { Severity } from './alert.js';

/** An alert as a receiver is told of it. Times in ms since 1970 UTC. Texts come from whoever is watched: escape them. */
export interface NotifiedAlert {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: Severity;
  /** With `alertname` and `severity`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  /** Only when resolved. */
  readonly endsAtMs?: number;
  /** What the receiver did not know yet. Absent: it was told before. */
  readonly news?: News;
  /** It fires and clears all the time, and is told as firing until it is calm. */
  readonly isFlapping: boolean;
  /** Of a mirror: the alert goes on under another severity, only this form of it ends. */
  readonly isFormer?: true;
}

export type News = 'fired' | 'escalated' | 'resolved';

/**
 * `alerts`: a group. `reminder`: a group that still fires. `missed`: what fired and cleared before anybody could be told.
 * `storm`: everything beyond the cap. `mirror`: all that fires, for an Alertmanager. `test`: asked for by a person.
 */
export type NotificationKind = 'alerts' | 'reminder' | 'missed' | 'storm' | 'mirror' | 'test';

/** One message to one receiver. */
export interface Notification {
  readonly kind: NotificationKind;
  readonly receiver: string;
  /** Stable for one group of one receiver. */
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  /** Firing as long as one of the alerts fires. */
  readonly status: 'firing' | 'resolved';
  /** The worst first. */
  readonly alerts: readonly NotifiedAlert[];
  /** Alerts that are counted here and not listed: of `missed`, those beyond what is kept. */
  readonly furtherAlerts: number;
  /** The same for each try of the same message, also by the next leader. */
  readonly idempotencyKey: string;
}
