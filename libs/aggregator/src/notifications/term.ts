import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { alertRecord, errorCode, memoryKey, partitionOf, readRecord } from '@omninode/contracts';
import type { Bus, BusFollower, BusRecord, Topics } from '@omninode/contracts';
import { ReceiverState, setbackOf } from '@omninode/notifiers';
import type { MuteRules, Notification, Receiver, ReceiverSettings } from '@omninode/notifiers';
import { notificationErrors } from './errors.js';
import { newMemory, readMemory, type Memory } from './memory-values.js';
import { readOutbox, receiverRole, type OutboxMemory, type ReceiverStatus } from './outbox-memory.js';
import type { ReceiverTally } from './receiver-tally.js';
import { orAborted, untilItWorks, type Attempts } from './until-it-works.js';
import { Waker } from './waker.js';

export interface TermParts {
  readonly name: string;
  readonly receiver: Receiver;
  readonly settings: ReceiverSettings;
  /** Of an Alertmanager: it is told everything anew so often, ms. Absent: the receiver is told what is news. */
  readonly resendMs?: number;
  readonly bus: Bus;
  readonly topics: Topics;
  /** Of this process. */
  readonly owner: string;
  readonly tally: ReceiverTally;
  readonly attempts: Attempts;
  muteRules(): MuteRules;
  /** Resolves when the silences are known. */
  ready(signal: AbortSignal): Promise<void>;
  isCurrent(): boolean;
  nowMs(): number;
  /** From 0 to below 1. */
  random(): number;
  onSent(notification: Notification): void;
  onFailed(error: unknown): void;
}

/** How long a message that is being sent may still take when the term ends. */
const lastSendMs = 3_000;
const lastSaveMs = 3_000;
/** How often is looked for what is due by the clock. */
const tickMs = 250;
/** With very many alerts a look takes long: it is followed by so much more rest, unless a record comes. */
const restPerLook = 50;
/** What is not saved after a send, is so often: offsets, the status. */
const saveEveryMs = 10_000;

/** The time for which this process leads a receiver: it takes over the outbox, claims it, sends what is due, and writes what it sent. */
export class Term {
  readonly #state: ReceiverState;
  readonly #waker = new Waker();
  readonly #held = new Map<string, number>();
  readonly #ends = new Map<number, number>();
  #incarnation: number | undefined;
  #othersClaim = -1;
  #failuresInRow = 0;
  #pausedUntilMs = 0;
  #lastSentMs = -Infinity;
  #lastSaveMs = 0;
  #needsSave = false;

  constructor(readonly parts: TermParts) {
    this.#state = new ReceiverState(parts.settings, () => parts.muteRules());
  }

  /** Whether it is ours to send: claimed, the partition still ours, and nobody claimed later. */
  get isSending(): boolean {
    return this.#incarnation !== undefined && !this.#isFenced && this.parts.isCurrent();
  }

  /** Resolves when the signal aborted and everything is written, or when another process claimed the receiver. */
  async run(signal: AbortSignal): Promise<'ended' | 'fenced'> {
    let follower: BusFollower | undefined;
    try {
      follower = await this.#takeOver(signal);
      await this.#sendWhileOurs(signal);
    } catch (error) {
      // Only the end of the term rejects: everything else was tried again.
      if (!signal.aborted) throw error;
    } finally {
      await follower?.close();
      await this.#saveLast();
    }
    return signal.aborted ? 'ended' : 'fenced';
  }

  waiting(): { readonly count: number; readonly oldestMs: number | undefined } {
    const nowMs = this.parts.nowMs();
    if (this.parts.resendMs === undefined) return this.#state.waiting(nowMs);
    return { count: this.#state.mirror(nowMs).alerts.filter(({ news }) => news).length, oldestMs: undefined };
  }

  /** A claim later than ours fences us. What an older owner still wrote is true: it was sent; and it buried what we wrote. */
  othersOutbox({ incarnation, isClaim }: Memory, written: OutboxMemory | undefined): void {
    if (isClaim) this.#othersClaim = Math.max(this.#othersClaim, incarnation);
    else if (this.#incarnation !== undefined && incarnation < this.#incarnation && written) {
      this.#state.merge(written.outbox);
      this.#needsSave = true;
    }
    this.#waker.wake();
  }

  async #takeOver(signal: AbortSignal): Promise<BusFollower> {
    const { attempts, nowMs, ready } = this.parts;
    await ready(signal);
    const found = await untilItWorks(
      'The outbox of a receiver can not be read yet.',
      () => this.#readOutbox(signal),
      attempts,
      signal,
    );
    if (found) this.#state.restore(found.written.outbox, nowMs());
    const follower = await untilItWorks(
      'The alert topic can not be followed yet.',
      () => this.#follow(),
      attempts,
      signal,
    );
    try {
      await orAborted(follower.caughtUp, signal);
      // Who is no owner any more, and does not know it yet, must not fence the one that is.
      while (!this.parts.isCurrent()) await sleep(tickMs, undefined, { signal });
      this.#incarnation = await untilItWorks(
        'A receiver can not be claimed yet.',
        () => this.#write(undefined),
        attempts,
        signal,
      );
      // What the owner before wrote while we read: it was sent, and is not sent again.
      const late = await untilItWorks(
        'The outbox of a receiver can not be read yet.',
        () => this.#readOutbox(signal, this.#incarnation),
        attempts,
        signal,
      );
      if (late && late.offset > (found?.offset ?? -1)) this.#state.merge(late.written.outbox);
      this.#state.caughtUp();
      return follower;
    } catch (error) {
      await follower.close();
      throw error;
    }
  }

  async #follow(): Promise<BusFollower> {
    const { bus, topics, attempts } = this.parts;
    const partitions = await bus.partitionCount(topics.alert);
    for (let partition = 0; partition < partitions; partition++)
      this.#ends.set(partition, await bus.endOffset(topics.alert, partition));
    return bus.follow({
      topic: topics.alert,
      onRecord: (record) => this.#take(record),
      onError: (error) => attempts.onFailure('The alert topic can not be followed just now.', error),
    });
  }

  #take(record: BusRecord): void {
    const { partition, offset, value, key } = record;
    if (value === null) {
      if (key !== null) this.#state.remove(key);
      return;
    }
    const read = readRecord(alertRecord, value);
    if (!read.ok)
      return this.parts.attempts.onFailure(
        'A record of the alert topic can not be read.',
        notificationErrors.ALERT_UNREADABLE({ partition, offset, detail: read.detail }),
      );
    const isBacklog = offset < (this.#ends.get(partition) ?? 0);
    this.#state.take(read.record, { partition, offset, isBacklog }, this.parts.nowMs());
    this.#waker.wake();
  }

  async #sendWhileOurs(signal: AbortSignal): Promise<void> {
    const sending = new AbortController();
    signal.addEventListener('abort', () => void setTimeout(() => sending.abort(), lastSendMs).unref(), { once: true });
    while (!signal.aborted && !this.#isFenced) {
      const beganMs = performance.now();
      const message = this.parts.isCurrent() ? this.#nextMessage() : undefined;
      const lookedForMs = performance.now() - beganMs;
      if (message) await this.#send(message, sending.signal);
      else await this.#waker.wait(Math.max(tickMs, lookedForMs * restPerLook), signal);
      // Records of one batch come together: what they say belongs into one message.
      await breathe();
      if (this.#needsSave || this.parts.nowMs() - this.#lastSaveMs > saveEveryMs) await this.#save();
    }
  }

  #nextMessage(): Notification | undefined {
    const nowMs = this.parts.nowMs();
    if (nowMs < this.#pausedUntilMs) return undefined;
    if (this.parts.resendMs !== undefined) return this.#nextMirror(nowMs, this.parts.resendMs);
    for (const [group, untilMs] of this.#held) if (untilMs <= nowMs) this.#held.delete(group);
    const next = this.#state.next(nowMs, new Set(this.#held.keys()));
    this.parts.tally.dropped += this.#state.takeDropped();
    return next;
  }

  #nextMirror(nowMs: number, resendMs: number): Notification | undefined {
    const mirror = this.#state.mirror(nowMs);
    const isDue = mirror.hasNews || nowMs - this.#lastSentMs >= resendMs;
    return isDue && mirror.alerts.length > 0 ? mirror : undefined;
  }

  async #send(message: Notification, signal: AbortSignal): Promise<void> {
    const { receiver, tally, nowMs, onSent, onFailed, random } = this.parts;
    try {
      await receiver.send(message, signal);
      this.#state.confirm(message, nowMs());
      this.#failuresInRow = 0;
      this.#lastSentMs = nowMs();
      this.#held.delete(message.groupKey);
      tally.sent(nowMs());
      onSent(message);
      this.#needsSave ||= message.kind !== 'mirror' || message.alerts.some(({ news }) => news);
    } catch (error) {
      const setback = setbackOf(error, ++this.#failuresInRow, random());
      if (setback.scope === 'receiver') this.#pausedUntilMs = nowMs() + setback.pauseMs;
      else this.#hold(message, setback.pauseMs);
      // Every replica is to know that it fails, soon.
      if (this.#failuresInRow === 1) this.#needsSave = true;
      tally.failed(setback.scope === 'group' ? 'refused' : 'failed', errorCode(error), nowMs());
      if (!signal.aborted) onFailed(error);
    }
  }

  /** What is refused holds up nothing else; where nothing of it fires any more, it is given up. */
  #hold(message: Notification, pauseMs: number): void {
    this.#failuresInRow = 0;
    if (message.status === 'resolved') this.#state.confirm(message, this.parts.nowMs());
    else this.#held.set(message.groupKey, this.parts.nowMs() + pauseMs);
    this.#needsSave = true;
  }

  /** A failure leaves it to be saved: sending goes on, and only a death before the next save doubles a message. */
  async #save(): Promise<void> {
    this.#lastSaveMs = this.parts.nowMs();
    try {
      await this.#write(this.#incarnation);
      this.#needsSave = false;
    } catch (error) {
      this.parts.attempts.onFailure('The outbox of a receiver can not be written just now.', error);
    }
  }

  async #saveLast(): Promise<void> {
    if (this.#incarnation === undefined || this.#isFenced) return;
    const timer = Promise.withResolvers<void>();
    const timeout = setTimeout(timer.resolve, lastSaveMs);
    await Promise.race([this.#save(), timer.promise]);
    clearTimeout(timeout);
  }

  async #write(incarnation: number | undefined): Promise<number> {
    const { bus, topics, owner } = this.parts;
    const place = { topic: topics.memory, key: this.#key, owner, ...(incarnation !== undefined && { incarnation }) };
    const [position] = await bus.publish([newMemory(place, { outbox: this.#state.form(), status: this.#status() })]);
    return (position as { offset: number }).offset;
  }

  #status(): ReceiverStatus {
    const { tally, owner } = this.parts;
    const { count, oldestMs } = this.waiting();
    return { leader: owner, ...tally.status(), waiting: count, ...(oldestMs !== undefined && { oldestMs }) };
  }

  /** The newest of the highest incarnation: an owner that did not know yet that it was none may have written after it. */
  async #readOutbox(
    signal: AbortSignal,
    before = Infinity,
  ): Promise<{ offset: number; written: OutboxMemory } | undefined> {
    const { bus, topics } = this.parts;
    const partition = partitionOf(this.#key, await bus.partitionCount(topics.memory));
    let newest: Memory | undefined;
    const onRecord = (record: BusRecord) => {
      const memory = record.key === this.#key && record.offset < before ? readMemory(record) : undefined;
      if (memory && memory.incarnation >= (newest?.incarnation ?? -1)) newest = memory;
    };
    await bus.readToEnd(topics.memory, partition, onRecord, signal);
    const written = newest && readOutbox(newest.value);
    return newest && written && { offset: newest.offset, written };
  }

  get #isFenced(): boolean {
    return this.#incarnation !== undefined && this.#othersClaim > this.#incarnation;
  }

  get #key(): string {
    return memoryKey(receiverRole, this.parts.name);
  }
}
