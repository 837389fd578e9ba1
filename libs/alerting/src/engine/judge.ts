import { holds } from '../rules/condition.js';
import type { Rule } from '../rules/rule.js';
import type { AlertState } from './alert-state.js';

/** What is to be told of an alert; `changed`: how bad it is. */
export type Change = 'pending' | 'fired' | 'changed' | 'resolved' | 'withdrawn' | undefined;

export interface Permission {
  /** Whether there is room for one more alert of the rule. */
  mayBegin(): boolean;
  /** Whether a rule that explains this one fires. */
  isExplained(): boolean;
}

/**
 * One step of an alert's life at a time of the measurements. A level fires when it held for the rule's `for`, counted for each level
 * by itself; from then on it holds until its `clear`. Of the levels that fire the worst one counts, so an alert rises and falls
 * without being resolved in between.
 */
export function judge(
  rule: Rule,
  state: AlertState,
  value: number,
  timeMs: number,
  nowMs: number,
  permission: Permission,
): Change {
  state.value = value;
  let isHeld = false;
  let ripe = -1;
  for (let at = 0; at < rule.levels.length; at++) {
    const { fire, clear } = rule.levels[at]!;
    const stays = clear !== undefined && at <= state.level && state.since[at]! > 0 && !holds(clear, value);
    if (!holds(fire, value) && !stays) {
      state.since[at] = 0;
      continue;
    }
    if (state.since[at] === 0) state.since[at] = timeMs;
    isHeld = true;
    if (timeMs - state.since[at]! >= rule.forMs) ripe = at;
  }
  return isHeld ? whileHeld(state, ripe, timeMs, permission) : judgeFalse(rule, state, timeMs, nowMs);
}

/** The same for an alert of which nothing is known, when the rule takes that for firing. */
export function judgeSilence(rule: Rule, state: AlertState, timeMs: number, permission: Permission): Change {
  if (state.since[0] === 0) state.since[0] = timeMs;
  return whileHeld(state, timeMs - state.since[0]! >= rule.forMs ? 0 : -1, timeMs, permission);
}

function whileHeld(state: AlertState, ripe: number, timeMs: number, permission: Permission): Change {
  state.lastTrueMs = timeMs;
  state.falseMs = state.falseSeenMs = 0;
  if (state.phase === 'firing' || state.phase === 'keepFiring') {
    state.phase = 'firing';
    if (ripe < 0 || ripe === state.level) return undefined;
    state.level = ripe;
    return 'changed';
  }
  const isNew = state.phase === 'inactive';
  if (isNew) {
    state.isCrowdedOut = !permission.mayBegin();
    if (state.isCrowdedOut) return undefined;
    state.phase = 'pending';
    state.activeMs = timeMs;
  }
  state.isExplained = ripe >= 0 && permission.isExplained();
  if (ripe < 0 || state.isExplained) return isNew ? 'pending' : undefined;
  state.phase = 'firing';
  state.level = ripe;
  return 'fired';
}

/** The same when no level holds. */
export function judgeFalse(rule: Rule, state: AlertState, timeMs: number, nowMs: number): Change {
  state.isCrowdedOut = state.isExplained = false;
  if (state.phase === 'inactive') return undefined;
  if (state.phase === 'pending') return end(state, 'withdrawn');
  if (state.falseMs === 0) {
    state.falseMs = timeMs;
    state.falseSeenMs = nowMs;
  }
  if (timeMs - state.falseMs >= rule.keepFiringForMs) return end(state, 'resolved');
  state.phase = 'keepFiring';
  return undefined;
}

/** Ends an alert. What it was remains readable: its value, when it was told. */
export function end(state: AlertState, change: 'resolved' | 'withdrawn'): Change {
  state.phase = 'inactive';
  state.since.fill(0);
  state.falseMs = state.falseSeenMs = 0;
  return change;
}
