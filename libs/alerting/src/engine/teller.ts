import type { AlertRecord } from '@omninode/contracts';
import type { AlertInstance } from './alert-instance.js';
import type { Change } from './judge.js';
import type { Outbox } from './outbox.js';
import { transition } from './transition.js';

/** When something is decided: in the time of the measurements, by the clock, and where the input stands. */
export interface Moment {
  readonly timeMs: number;
  readonly nowMs: number;
  readonly offset: number;
}

export interface TellerOptions {
  readonly partition: number;
  /** Whether the input can be read again from an offset. What the mesh says of itself can not: its alerts carry none. */
  readonly hasOffsets: boolean;
  /** What is decided of measurements older than this is told as replayed, ms. */
  readonly replayedAfterMs: number;
}

/** Decides what of an alert's life is told, and writes it into the outbox: the only place that makes transitions. */
export class Teller {
  /** Whether all that was on the bus when the partition was taken is applied. */
  isCaughtUp = false;
  /** Transitions made, by state. */
  readonly counts = { pending: 0, firing: 0, resolved: 0 };
  /** Alerts that fire, and of which that was told as of a backlog only. */
  private readonly replayed = new Set<AlertInstance>();

  constructor(
    private readonly options: TellerOptions,
    private readonly outbox: Outbox,
  ) {}

  tell(instance: AlertInstance, change: Change, moment: Moment): void {
    const { state } = instance;
    const wasFlapping = state.isFlapping;
    if (change === 'fired' || change === 'resolved') this.noteChange(instance, change, moment);
    if (wasFlapping) {
      this.calmDown(instance, moment);
      if (state.phase === 'inactive') state.level = -1;
      return;
    }
    if (change === 'pending' && state.told !== 'firing') this.write(instance, 'pending', moment);
    if (change === 'fired' || change === 'changed') this.write(instance, 'firing', moment);
    if (change === 'resolved') this.write(instance, 'resolved', moment);
    if (change === 'withdrawn' && state.told === 'pending')
      this.write(instance, 'resolved', moment, { neverFired: true });
    if (state.phase === 'inactive') state.level = -1;
  }

  /** Ends an alert for another reason than its condition. */
  withdraw(instance: AlertInstance, reason: string, moment: Moment): void {
    const { state } = instance;
    state.isFlapping = false;
    state.phase = 'inactive';
    if (state.told === 'pending') this.write(instance, 'resolved', moment, { neverFired: true, reason });
    if (state.told === 'firing') this.write(instance, 'resolved', moment, { reason });
    this.replayed.delete(instance);
  }

  /** Tells an alert as flapping no more once it changes rarely enough, and how it is then. */
  calmDown(instance: AlertInstance, moment: Moment): void {
    const { state, rule } = instance;
    if (!state.isFlapping) return;
    if (rule.flap) state.changes = state.changes.filter((ms) => ms > moment.timeMs - rule.flap!.overMs);
    if (rule.flap && state.changes.length > rule.flap.low) return;
    state.isFlapping = false;
    const isFiring = state.phase === 'firing' || state.phase === 'keepFiring';
    this.write(instance, isFiring ? 'firing' : 'resolved', moment);
    if (state.phase === 'pending') this.write(instance, 'pending', moment);
  }

  /**
   * Once caught up: what is decided of fresh measurements is no replay, and what still fires is told again for those who must act,
   * because they hear of replayed alerts in a summary only.
   */
  settle(moment: Omit<Moment, 'timeMs'>): void {
    this.isCaughtUp = true;
    for (const instance of this.replayed) {
      const { state, fingerprint } = instance;
      const waiting = this.outbox.newestOf(fingerprint);
      if (waiting?.state === 'firing') {
        const { replayed: _replayed, ...fresh } = waiting;
        this.outbox.replace(waiting, fresh);
        state.isToldReplayed = false;
      } else this.write(instance, 'firing', { ...moment, timeMs: state.verdictMs });
    }
    this.replayed.clear();
    for (const record of this.outbox.waiting()) {
      if (!record.replayed || moment.nowMs - record.time > this.options.replayedAfterMs) continue;
      const { replayed: _replayed, ...fresh } = record;
      this.outbox.replace(record, fresh);
    }
  }

  /** Remembers one that was restored or taken over as told of a backlog. */
  remember(instance: AlertInstance): void {
    if (instance.state.told === 'firing' && instance.state.isToldReplayed) this.replayed.add(instance);
  }

  write(
    instance: AlertInstance,
    told: AlertRecord['state'],
    moment: Moment,
    more: { readonly neverFired?: boolean; readonly reason?: string } = {},
  ): void {
    const { state } = instance;
    const { partition, replayedAfterMs, hasOffsets } = this.options;
    const { timeMs, nowMs } = moment;
    const offset = hasOffsets ? moment.offset : undefined;
    const isReplayed = !this.isCaughtUp || nowMs - timeMs > replayedAfterMs;
    const record = transition(instance, { state: told, timeMs, partition, offset, ...more });
    this.outbox.add(isReplayed ? { ...record, replayed: true } : record);
    this.counts[told]++;
    state.told = told;
    state.toldMs = record.time;
    state.isToldReplayed = isReplayed;
    if (told === 'firing' && isReplayed) this.replayed.add(instance);
    else this.replayed.delete(instance);
  }

  private noteChange({ rule: { flap }, state }: AlertInstance, change: 'fired' | 'resolved', { timeMs }: Moment): void {
    if (!flap) return;
    state.changes = state.changes.filter((ms) => ms > timeMs - flap.overMs);
    state.changes.push(timeMs);
    if (state.changes.length > mostChanges) state.changes.shift();
    if (change === 'fired' && state.changes.length >= flap.high) state.isFlapping = true;
  }
}

/** Changes that are remembered of one alert: more don't make it flap more. */
const mostChanges = 200;
