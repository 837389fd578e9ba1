import { randomUUID } from 'node:crypto';
import type { OwnSample } from '@omninode/aggregation';
import { memoryKey } from '@omninode/contracts';
import type { Bus, Topics } from '@omninode/contracts';
import { makeReceiver, settingsOf, type NotifyConfig, type Receiver, type ReceiverConfig } from '@omninode/notifiers';
import { stateLog, type Logger } from '@omninode/service-kit';
import { MemoryBoard } from './memory-board.js';
import { notificationSamples, overdueSamples } from './notification-samples.js';
import { silenceRole } from './outbox-memory.js';
import { ReceiverSeat } from './receiver-seat.js';
import { ReceiverTally } from './receiver-tally.js';
import type { Attempts } from './until-it-works.js';

export interface NotificationsOptions {
  readonly bus: Bus;
  readonly topics: Topics;
  /** The name of this process. */
  readonly instance: string;
  readonly config: NotifyConfig;
  readonly log: Logger;
  nowMs(): number;
  /** From 0 to below 1. */
  random(): number;
}

/** An expired silence is listed for so long, then it is removed. */
export const expiredKeptMs = 86_400_000;
const cleanEveryMs = 3_600_000;

/** A receiver of the configuration in this process. */
export interface Seated {
  readonly name: string;
  readonly config: ReceiverConfig;
  readonly receiver: Receiver;
  readonly seat: ReceiverSeat;
  readonly tally: ReceiverTally;
}

/** The receivers of this process: in the group of each it competes for the lead, and whoever leads sends. */
export class Notifications {
  readonly board: MemoryBoard;
  readonly seated: readonly Seated[];
  /** In the headers of what it writes; a process that starts anew is another one. */
  readonly owner: string;
  /** Whether every silence that existed at the start has been read. */
  isCaughtUp = false;
  readonly #end = new AbortController();
  #beginning: Promise<unknown> = Promise.resolve();
  #ready: Promise<void> = Promise.resolve();
  #cleaning: NodeJS.Timeout | undefined;

  constructor(readonly options: NotificationsOptions) {
    const { bus, topics, instance, config, log } = options;
    this.owner = `${instance}/${randomUUID()}`;
    const failures = stateLog(log);
    const attempts: Attempts = { onFailure: (sentence, error) => failures.failing('bus', sentence, { error }) };
    this.board = new MemoryBoard({
      bus,
      topic: topics.memory,
      owner: this.owner,
      attempts,
      onOthersOutbox: (name, memory, written) =>
        this.seated.find((one) => one.name === name)?.seat.othersOutbox(memory, written),
    });
    this.seated = Object.entries(config.receivers).map(([name, receiver]) => this.#seat(name, receiver, attempts));
  }

  /** Begins to follow and to compete. Nothing is awaited: what can't be reached is tried again. */
  start(): void {
    const { signal } = this.#end;
    this.#ready = this.board.begin(signal).then(() => void (this.isCaughtUp = true));
    const begun = [this.#ready, ...this.seated.map(({ seat }) => seat.begin())];
    // These reject only when this process ends.
    this.#beginning = Promise.allSettled(begun);
    this.#cleaning = setInterval(() => void this.#forgetSilences(), cleanEveryMs);
  }

  /** What is being sent may end; then the outboxes are written and others may lead. Before the bus closes. */
  async stop(): Promise<void> {
    clearInterval(this.#cleaning);
    const ended = this.seated.map(({ seat }) => seat.end());
    this.#end.abort();
    await Promise.all(ended);
    await this.#beginning;
    await this.board.end();
    for (const { receiver } of this.seated) receiver.close();
  }

  samples(): readonly OwnSample[] {
    return [...notificationSamples(this.seated, this.options.nowMs()), ...this.overdueSamples()];
  }

  /** Of all receivers, whoever leads them: so that one that fails is told of by the others. */
  overdueSamples(): readonly OwnSample[] {
    const names = this.seated.map(({ name }) => name);
    return overdueSamples(names, (name) => this.board.outbox(name)?.status, this.options.nowMs());
  }

  /** One process does it for all: whoever leads a receiver. */
  async #forgetSilences(): Promise<void> {
    const { bus, topics, nowMs, log } = this.options;
    if (!this.seated.some(({ seat }) => seat.isLeader)) return;
    const over = this.board.silences().filter(({ endsAtMs }) => nowMs() - endsAtMs > expiredKeptMs);
    const records = over.map(({ id }) => ({ topic: topics.memory, key: memoryKey(silenceRole, id), value: null }));
    await bus
      .publish(records)
      .catch((error: unknown) => log.warn('Silences that are over can not be removed yet.', { error }));
  }

  #seat(name: string, config: ReceiverConfig, attempts: Attempts): Seated {
    const { bus, topics, log, nowMs, random, config: notify } = this.options;
    const receiver = makeReceiver({ name, config, externalUrl: notify.externalUrl, log, nowMs });
    const tally = new ReceiverTally();
    const state = stateLog(log);
    const seat = new ReceiverSeat({
      name,
      receiver,
      settings: settingsOf(name, config),
      ...(config.type === 'alertmanager' && { resendMs: config.resend }),
      bus,
      topics,
      owner: this.owner,
      tally,
      attempts,
      muteRules: () => ({ silences: this.board.silences(), maintenance: notify.maintenance, inhibit: notify.inhibit }),
      ready: async (signal) => {
        await this.#ready;
        signal.throwIfAborted();
      },
      nowMs,
      random,
      onSent: () => state.working(name, 'The receiver takes messages again.'),
      onFailed: (error) =>
        state.failing(name, 'A message was not taken by its receiver.', { error, code: (error as Error).name }),
    });
    return { name, config, receiver, seat, tally };
  }
}
