import type { AlertRecord } from '@omninode/contracts';
import { rankOf } from './alert.js';
import { dueOf, groupOf, type Group, type GroupMember, type GroupTimes } from './groups.js';
import { KnownAlerts, type KnownAlert } from './known-alerts.js';
import { matchesAll, type Matcher } from './matcher.js';
import { groupMessage, missedMessage, stormEndMessage, stormMessage, summaryKeys } from './messages.js';
import { Missed } from './missed.js';
import { mirrorMessage } from './mirror.js';
import { mutesAt, type Muted, type MuteRules } from './mutes.js';
import { newsOf } from './news.js';
import type { Notification } from './notification.js';
import type { Outbox, Told } from './told.js';

export interface ReceiverSettings extends GroupTimes {
  readonly name: string;
  /** Alerts that do not match are not this receiver's. */
  readonly matchers: readonly Matcher[];
  readonly groupBy: readonly string[];
  readonly sendResolved: boolean;
  /** Messages within a minute; what is beyond is counted in one more. */
  readonly stormCap: number;
  /** Alerts that have cleared and wait to be told; beyond that the oldest are dropped. */
  readonly maxWaiting: number;
}

/** Where a record of the alert topic lies, and whether it lay there when the leader began to read. */
export interface AlertPosition {
  readonly partition: number;
  readonly offset: number;
  readonly isBacklog: boolean;
}

const minuteMs = 60_000;
/** Firing alerts out of a replay wait until the replay has been silent for so long: it may clear them again. */
const replayQuietMs = 2_000;
const replayLongestMs = 60_000;
/** How long it is remembered that an alert was told as resolved, at least. */
const resolvedKeptMs = 15 * minuteMs;

/**
 * What one receiver knows and should know. It compares both at each question, so nothing is queued: what still fires is told
 * however long the receiver was away, and what was told is not told again. No clock: time is an argument.
 */
export class ReceiverState {
  readonly known = new KnownAlerts();
  readonly told = new Map<string, Told>();
  readonly #missed = new Missed();
  /** Since when news waits, by fingerprint. */
  readonly #waiting = new Map<string, number>();
  readonly #offsets = new Map<number, number>();
  #sentAtMs: number[] = [];
  #isStormOpen = false;
  #lastReplayedMs = -Infinity;
  #dropped = 0;

  constructor(
    readonly settings: ReceiverSettings,
    private readonly muteRules: () => MuteRules,
  ) {}

  /** Takes a record of the alert topic. Records of one alert come in order. */
  take(record: AlertRecord, { partition, offset, isBacklog }: AlertPosition, nowMs: number): void {
    const isOld = offset < (this.#offsets.get(partition) ?? 0);
    if (!isOld) this.#offsets.set(partition, offset + 1);
    const before = this.known.get(record.fingerprint);
    // What only pended is nobody's news, and neither is its end.
    if (record.state === 'pending' || (record.neverFired && before?.record.state !== 'firing')) return;
    const isChange = this.known.take(record, nowMs);
    if (record.replayed) this.#lastReplayedMs = nowMs;
    if (isChange && !this.#waiting.has(record.fingerprint)) this.#waiting.set(record.fingerprint, nowMs);
    if (record.state === 'resolved' && isChange && !isOld) this.#cleared(record, before, isBacklog, nowMs);
  }

  /** Everything was read that is on the topic: what was told and is not there will never be told as resolved. */
  caughtUp(): void {
    for (const fingerprint of this.told.keys()) if (!this.known.get(fingerprint)) this.told.delete(fingerprint);
  }

  /** The key has no alert any more. */
  remove(fingerprint: string): void {
    this.known.forget(fingerprint);
  }

  /** The message that is due, the most urgent first; undefined: none now. `held`: groups that may not be tried yet. */
  next(nowMs: number, held: ReadonlySet<string> = new Set()): Notification | undefined {
    const { name, stormCap } = this.settings;
    const due = this.#due(nowMs).filter(({ group }) => !held.has(group.key));
    this.#sentAtMs = this.#sentAtMs.filter((atMs) => atMs > nowMs - minuteMs);
    if (this.#sentAtMs.length > stormCap) return undefined;
    const [first] = due;
    if (first && this.#sentAtMs.length < stormCap) return groupMessage(name, first.group, first.kind);
    const news = due.filter(({ kind }) => kind === 'alerts').map(({ group }) => group);
    if (news.length === 1) return groupMessage(name, news[0] as Group, 'alerts');
    if (news.length > 1) return held.has(summaryKeys.storm) ? undefined : stormMessage(name, news);
    if (this.#isStormOver()) return stormEndMessage(name, this.#sentAtMs.at(-1) ?? 0);
    const missedDue = this.#missed.dueMs;
    return missedDue !== undefined && missedDue <= nowMs && !held.has(summaryKeys.missed)
      ? missedMessage(name, this.#missed)
      : undefined;
  }

  /** The message has arrived. */
  confirm(notification: Notification, nowMs: number): void {
    const { kind, alerts, furtherAlerts } = notification;
    if (kind !== 'mirror') this.#sentAtMs.push(nowMs);
    if (kind === 'missed') return this.#missed.told(alerts.length, alerts.length + furtherAlerts);
    for (const { fingerprint, status: state, severity, startsAtMs, labels, isFormer } of alerts) {
      if (isFormer) continue;
      const group = groupOf(labels, this.settings.groupBy).key;
      const before = this.told.get(fingerprint);
      // A mirror repeats what is over; it counts from the first time.
      if (kind === 'mirror' && before?.state === 'resolved' && before.startsAtMs === startsAtMs && state === 'resolved')
        continue;
      const inStorm = kind === 'storm' && state === 'firing' ? ({ inStorm: true } as const) : {};
      this.told.set(fingerprint, { state, severity, startsAtMs, atMs: nowMs, group, ...inStorm });
    }
    if (kind === 'storm')
      this.#isStormOpen = alerts.some(({ status }) => status === 'firing') || (this.#isStormOpen && alerts.length > 0);
    this.#forgetOld(nowMs);
  }

  /** What waits to be told: how much, and since when. Held back by nothing but the receiver or the cap. */
  waiting(nowMs: number): { readonly count: number; readonly oldestMs: number | undefined } {
    const due = this.#due(nowMs).filter(({ kind }) => kind === 'alerts');
    const members = due.flatMap(({ group }) => group.members.filter(({ news }) => news !== undefined));
    const since = [
      ...members.map(({ sinceMs }) => sinceMs),
      ...(this.#missed.oldestMs === undefined ? [] : [this.#missed.oldestMs]),
    ];
    return {
      count: members.length + this.#missed.count,
      oldestMs: since.length === 0 ? undefined : since.reduce((a, b) => Math.min(a, b)),
    };
  }

  /** Alerts that cleared and will not be told, because too many waited; each is counted in one answer. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** What an Alertmanager is to know; see `mirrorMessage`. */
  mirror(nowMs: number): Notification & { readonly hasNews: boolean } {
    this.known.pass(nowMs);
    const muted = mutesAt(this.muteRules(), this.known.firing(), nowMs);
    const { name, matchers } = this.settings;
    const message = mirrorMessage({ receiver: name, known: this.known, told: this.told, muted, matchers, nowMs });
    this.#forgetOld(nowMs);
    return message;
  }

  /** What fires as of now, that is this receiver's and not muted, or that it was told of before it was muted. */
  *members(nowMs: number): Generator<GroupMember> {
    this.known.pass(nowMs);
    const muted = mutesAt(this.muteRules(), this.known.firing(), nowMs);
    for (const alert of this.known.all()) {
      const member = this.#memberOf(alert, muted, nowMs);
      if (member) yield member;
    }
    this.#dropBeyondLimit();
  }

  /** For the next leader. */
  form(): Outbox {
    return {
      version: 1,
      told: Object.fromEntries(this.told),
      missed: this.#missed.form(),
      offsets: Object.fromEntries(this.#offsets),
      isStormOpen: this.#isStormOpen,
      sentAtMs: this.#sentAtMs,
    };
  }

  /** Before the first record. */
  restore(outbox: Outbox, nowMs: number): void {
    for (const [fingerprint, told] of Object.entries(outbox.told)) this.told.set(fingerprint, told);
    for (const [partition, offset] of Object.entries(outbox.offsets)) this.#offsets.set(Number(partition), offset);
    this.#missed.restore(outbox.missed, nowMs);
    this.#isStormOpen = outbox.isStormOpen;
    this.#sentAtMs = outbox.sentAtMs.filter((atMs) => atMs <= nowMs);
  }

  /** What another leader sent meanwhile. */
  merge(outbox: Outbox): void {
    for (const [fingerprint, told] of Object.entries(outbox.told))
      if (told.atMs > (this.told.get(fingerprint)?.atMs ?? -1)) this.told.set(fingerprint, told);
  }

  /** Fired and cleared, and nobody was told: worth a line in a summary when it should have been told, or came in a backlog. */
  #cleared(record: AlertRecord, before: KnownAlert | undefined, isBacklog: boolean, nowMs: number): void {
    const told = this.told.get(record.fingerprint);
    if (told?.state === 'firing' || (told && told.startsAtMs === record.startsAt)) return;
    const alert = this.known.get(record.fingerprint);
    if (!alert || !matchesAll(this.settings.matchers, alert.labels)) return;
    const since = this.#waiting.get(record.fingerprint);
    const wasDue = before !== undefined && since !== undefined && nowMs - since > this.settings.groupWaitMs;
    if (!wasDue && !isBacklog && !record.replayed) return;
    if (mutesAt(this.muteRules(), this.known.firing(), record.time)(alert)) return;
    this.#missed.add(record, nowMs);
  }

  #memberOf(alert: KnownAlert, muted: Muted, nowMs: number): GroupMember | undefined {
    const { fingerprint, state } = alert.record;
    const told = this.told.get(fingerprint);
    const isOurs = told?.state === 'firing' || matchesAll(this.settings.matchers, alert.labels);
    const isMuted = isOurs && state === 'firing' && muted(alert) !== undefined;
    const news = isOurs ? newsOf(alert, told, isMuted) : undefined;
    if (news === undefined) this.#waiting.delete(fingerprint);
    if (news === 'resolved' && !this.settings.sendResolved) return this.#settle(alert, told as Told, nowMs);
    const isShown = isOurs && !isMuted && (state === 'firing' || (alert.isFlapping && told?.state === 'firing'));
    if (news === undefined)
      return isShown ? { alert, told, news, sinceMs: nowMs } : this.#forgetIfOver(alert, told, nowMs);
    const sinceMs = this.#waiting.get(fingerprint) ?? nowMs;
    this.#waiting.set(fingerprint, sinceMs);
    return {
      alert,
      told,
      news,
      sinceMs: alert.record.replayed && news === 'fired' ? this.#afterReplay(sinceMs) : sinceMs,
    };
  }

  /** What a replay says to fire may be cleared by its next record. */
  #afterReplay(sinceMs: number): number {
    return Math.min(Math.max(sinceMs, this.#lastReplayedMs + replayQuietMs), sinceMs + replayLongestMs);
  }

  /** Cleared, and nobody wants to hear of it. */
  #settle({ record }: KnownAlert, told: Told, nowMs: number): undefined {
    this.told.set(record.fingerprint, { ...told, state: 'resolved', startsAtMs: record.startsAt, atMs: nowMs });
    this.#waiting.delete(record.fingerprint);
  }

  #forgetIfOver({ record, isFlapping }: KnownAlert, told: Told | undefined, nowMs: number): undefined {
    if (record.state !== 'resolved' || isFlapping) return;
    if (told === undefined || nowMs - told.atMs > resolvedKeptMs) this.known.forget(record.fingerprint);
  }

  #due(nowMs: number) {
    const groups = [...this.#groups(nowMs).values()];
    return groups
      .flatMap((group) => {
        const due = dueOf(group, this.settings);
        return due && due.atMs <= nowMs ? [{ group, ...due, rank: worstOf(group) }] : [];
      })
      .sort((one, other) => {
        if (one.kind !== other.kind) return one.kind === 'alerts' ? -1 : 1;
        return other.rank - one.rank || one.atMs - other.atMs;
      });
  }

  #groups(nowMs: number): Map<string, Group> {
    const toldAtMs = new Map<string, number>();
    for (const { group, atMs } of this.told.values()) toldAtMs.set(group, Math.max(atMs, toldAtMs.get(group) ?? 0));
    const groups = new Map<string, Group & { members: GroupMember[] }>();
    for (const member of this.members(nowMs)) {
      const { key, labels } = groupOf(member.alert.labels, this.settings.groupBy);
      const group = groups.get(key) ?? { key, labels, members: [], toldAtMs: toldAtMs.get(key) };
      group.members.push(member);
      groups.set(key, group);
    }
    return groups;
  }

  #isStormOver(): boolean {
    if (!this.#isStormOpen) return false;
    return ![...this.told.values()].some(({ state, inStorm }) => state === 'firing' && inStorm);
  }

  /** Firing alerts are never dropped: they are one each, and are told when the receiver is back. */
  #dropBeyondLimit(): void {
    const excess = this.known.size - this.settings.maxWaiting;
    if (excess <= 0) return;
    const over = [...this.known.all()].filter(({ record }) => record.state === 'resolved');
    for (const { record } of over.sort((one, other) => one.takenAtMs - other.takenAtMs).slice(0, excess)) {
      if (this.told.get(record.fingerprint)?.state === 'firing') this.#dropped++;
      this.known.forget(record.fingerprint);
      this.told.delete(record.fingerprint);
    }
  }

  #forgetOld(nowMs: number): void {
    const keptMs = Math.max(resolvedKeptMs, this.settings.groupIntervalMs);
    for (const [fingerprint, { state, atMs }] of this.told)
      if (state === 'resolved' && nowMs - atMs > keptMs) this.told.delete(fingerprint);
  }
}

function worstOf({ members }: Group): number {
  return members.reduce(
    (worst, { alert, news }) => (news === 'resolved' ? worst : Math.max(worst, rankOf(alert.record.severity))),
    -1,
  );
}
