import type { AlertRecord } from '@omninode/contracts';
import { render } from '../rules/template.js';
import type { AlertInstance } from './alert-instance.js';

export interface Decision {
  readonly state: AlertRecord['state'];
  readonly timeMs: number;
  /** The partition of the measurement topic, and the offset of the newest record when it was decided. */
  readonly partition: number;
  readonly offset: number | undefined;
  readonly reason?: string;
  readonly neverFired?: boolean;
}

/** What the alert topic takes in one text. */
const longestText = 8_192;

/** The record of a transition, as it goes to the alert topic. Its time is later than that of the alert's transition before. */
export function transition(instance: AlertInstance, decision: Decision): AlertRecord {
  const { rule, labels, fingerprint, state } = instance;
  const time = Math.max(Math.round(decision.timeMs), state.toldMs + 1);
  const level = state.level >= 0 ? state.level : highestHeld(state.since);
  const value = state.value !== undefined && Number.isFinite(state.value) ? state.value : undefined;
  const annotations: Record<string, string> = {};
  for (const [name, template] of Object.entries(rule.annotations)) {
    annotations[name] = render(template, labels, value).slice(0, longestText).toWellFormed();
  }
  return {
    v: 1,
    fingerprint,
    name: rule.name,
    state: decision.state,
    severity: rule.levels[Math.max(0, level)]!.severity,
    labels,
    annotations,
    startsAt: Math.min(Math.round(state.activeMs) || time, time),
    ...(decision.state === 'resolved' && { endsAt: time }),
    ...(value !== undefined && { value }),
    ruleVersion: rule.version,
    time,
    partition: decision.partition,
    ...(decision.offset !== undefined && { offset: decision.offset }),
    ...(decision.state !== 'resolved' && { heldSince: heldSince(instance) }),
    ...(decision.reason !== undefined && { reason: decision.reason }),
    ...(decision.neverFired && { neverFired: true }),
    ...(state.isFlapping && { flapping: true }),
  };
}

function heldSince({ rule: { levels }, state: { since } }: AlertInstance): NonNullable<AlertRecord['heldSince']> {
  return Object.fromEntries(
    levels.flatMap(({ severity }, at) => (since[at]! > 0 ? [[severity, Math.round(since[at]!)]] : [])),
  );
}

function highestHeld(since: readonly number[]): number {
  return since.findLastIndex((ms) => ms > 0);
}
