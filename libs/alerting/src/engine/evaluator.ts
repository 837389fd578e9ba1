import { holds } from '../rules/condition.js';
import type { AlertInstance } from './alert-instance.js';
import type { Crowd } from './crowd.js';
import type { EntityInputs } from './entity-inputs.js';
import type { InstanceIndex } from './instance-index.js';
import { judge, judgeFalse, judgeSilence, type Change, type Permission } from './judge.js';
import { isQuiet } from './quiet.js';
import type { SeriesStore } from './side.js';
import type { Moment, Teller } from './teller.js';
import { windowValue } from './window-value.js';

/** What lies between two ticks at most, ms, unless the clock was set. */
const leapMs = 5 * 60_000;

/** Judges alerts: those of an entity after each of its records, and all of them by the clock. */
export class Evaluator {
  /** Evaluations that failed, which no input should make happen: the others go on. */
  failures = 0;
  /** Since when the clock has been watched without a break; 0: not yet. Silence is counted from here on at the earliest. */
  private watchedSinceMs = 0;
  private tickedMs = 0;

  /** The alert that is judged. */
  private judged: AlertInstance | undefined;
  private readonly permission: Permission = {
    mayBegin: () => this.crowd.hasRoom(this.judged!.rule),
    isExplained: () => {
      const { rule, entity } = this.judged!;
      if (rule.dependsOn.length === 0) return false;
      const others = this.index.entities.get(entity)?.instances ?? [];
      return others.some((other) => rule.dependsOn.includes(other.rule.name) && other.state.level >= 0);
    },
  };

  constructor(
    private readonly teller: Teller,
    private readonly crowd: Crowd,
    private readonly index: InstanceIndex,
  ) {}

  evaluate(inputs: EntityInputs, store: SeriesStore, offset: number, nowMs: number): void {
    for (const instance of inputs.due) {
      const { main, per } = instance;
      main.take(store);
      per?.take(store);
      const timeMs = per && per.newestMs > main.newestMs ? per.newestMs : main.newestMs;
      if (offset <= instance.state.decidedOffset) continue;
      this.step(instance, { timeMs, nowMs, offset }, this.verdictOf);
      inputs.calm(instance);
    }
    this.crowd.settle({ timeMs: inputs.latestMs, nowMs, offset });
  }

  /**
   * What the clock decides: that nothing came for too long, that an alert has fired on for long enough, that it is calm again. It
   * counts by when things arrived, so that the clock of a producer may be wrong.
   */
  tick(nowMs: number, offset: number): void {
    // Ticks come every second or so: whose clock leaps was stopped, or had it set, and heard nothing in between.
    if (Math.abs(nowMs - this.tickedMs) > leapMs) this.watchedSinceMs = nowMs;
    this.tickedMs = nowMs;
    const moment = { timeMs: nowMs, nowMs, offset };
    for (const instance of this.index.byFingerprint.values()) {
      instance.inputs?.settleTimes(instance);
      if (isWaiting(instance)) this.step(instance, moment, this.silenceOf);
      if (!isQuiet(instance)) instance.inputs?.wake(instance);
    }
    this.crowd.settle(moment);
  }

  private readonly verdictOf = (instance: AlertInstance, moment: Moment): Change => {
    const { rule, state, main, per } = instance;
    const { timeMs, nowMs } = moment;
    const value = windowValue(rule, main, per, timeMs);
    if (value === undefined) {
      // Samples come, but too few for a verdict: after a while that is silence too.
      if (state.verdictMs === 0) {
        state.verdictMs = timeMs;
        state.seenMs = nowMs;
      }
      return timeMs - state.verdictMs > rule.noData.afterMs ? this.silence(instance, moment) : undefined;
    }
    state.isSilent = false;
    state.verdictMs = timeMs;
    state.seenMs = nowMs;
    return judge(rule, state, value, timeMs, nowMs, this.permission);
  };

  private readonly silenceOf = (instance: AlertInstance, moment: Moment): Change => {
    const { rule, state } = instance;
    const { nowMs } = moment;
    // What was seen by a clock that was ahead would put silence off until that time came again.
    const seenMs = state.seenMs > nowMs + leapMs ? 0 : state.seenMs;
    const silentMs = nowMs - Math.max(seenMs, this.watchedSinceMs);
    if (rule.window.fn === 'absent') {
      const value = silentMs > rule.window.overMs ? silentMs / 1000 : 0;
      // What the clock says of silence ends by a sample only.
      if (value === 0 || !rule.levels.some(({ fire }) => holds(fire, value))) return undefined;
      return judge(rule, state, value, nowMs, nowMs, this.permission);
    }
    if (silentMs > rule.noData.afterMs) return this.silence(instance, moment);
    if (state.phase === 'keepFiring' && nowMs - Math.max(state.falseMs, state.falseSeenMs) >= rule.keepFiringForMs) {
      return judgeFalse(rule, state, Math.max(nowMs, state.falseMs + rule.keepFiringForMs), nowMs);
    }
    return undefined;
  };

  private silence(instance: AlertInstance, { timeMs, nowMs }: Moment): Change {
    const { rule, state } = instance;
    state.isSilent = true;
    switch (rule.noData.as) {
      case 'ok':
        state.since.fill(0);
        return judgeFalse(rule, state, timeMs, nowMs);
      case 'firing':
        state.value = undefined;
        return judgeSilence(rule, state, timeMs, this.permission);
      case 'noData':
        if (state.phase !== 'pending') return undefined;
        state.since.fill(0);
        return judgeFalse(rule, state, timeMs, nowMs);
      case 'keepLast':
        return undefined;
    }
  }

  private step(
    instance: AlertInstance,
    moment: Moment,
    verdict: (instance: AlertInstance, moment: Moment) => Change,
  ): void {
    const { state, rule } = instance;
    this.judged = instance;
    const wasActive = state.phase !== 'inactive';
    const wasCrowdedOut = state.isCrowdedOut;
    try {
      const change = verdict(instance, moment);
      if (change !== undefined || state.isFlapping) this.teller.tell(instance, change, moment);
    } catch {
      // One alert that can't be judged must not keep the others, nor the partition, from going on; it is counted and shown.
      this.failures++;
    }
    const isActive = state.phase !== 'inactive';
    if (isActive !== wasActive || state.isCrowdedOut !== wasCrowdedOut) {
      this.crowd.count(rule, Number(isActive) - Number(wasActive), Number(state.isCrowdedOut) - Number(wasCrowdedOut));
    }
  }
}

/** Whether the clock can change anything of it: it was judged before, or should have been. */
function isWaiting({ state, main }: AlertInstance): boolean {
  return state.verdictMs > 0 || main.newestMs > 0;
}
