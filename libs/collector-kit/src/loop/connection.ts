import { errors } from '../errors.js';
import type { Reader, Session } from '../reader.js';
import type { Clock } from './clock.js';
import { withDeadline } from './deadline.js';

export interface ConnectionParts<Target, Query> {
  readonly reader: Reader<Target, Query>;
  readonly target: Target;
  readonly clock: Clock;
  readonly connectDeadlineMs: number;
  /** After this a connection is replaced, so that a password that no longer holds shows before the next restart does it. */
  readonly maxAgeMs: number;
}

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
const closeDeadlineMs = 1_000;

/** The one connection to a target: made when it is needed, made again after a pause that grows with each failure. */
export class Connection<Target, Query> {
  #session: Session<Query> | undefined;
  #openedAtMs = 0;
  #failures = 0;
  #failure: unknown;
  #notBeforeMs = 0;

  /** How many were opened; each one costs the target a login. */
  opened = 0;
  /** How long the latest connect took, ms. */
  connectMs = 0;

  constructor(private readonly parts: ConnectionParts<Target, Query>) {}

  /** The session, a new one if need be. While a pause lasts it rejects with what the last try ended in. */
  async session(signal: AbortSignal): Promise<Session<Query>> {
    const { clock, maxAgeMs } = this.parts;
    if (this.#session?.lost) this.drop(this.#session.lost);
    if (this.#session && clock.elapsedMs() - this.#openedAtMs >= maxAgeMs) await this.close();
    if (this.#session) return this.#session;
    if (clock.elapsedMs() < this.#notBeforeMs) throw this.#failure;
    return this.#connect(signal);
  }

  /** The session answered: the next failure is a first one again. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Ends a session that is of no use any more. The first loss after a success is mended at once, others after a pause. */
  drop(cause: unknown): void {
    this.#session?.destroy();
    this.#session = undefined;
    this.#failures++;
    this.#failure = cause;
    this.#notBeforeMs = this.#failures === 1 ? 0 : this.parts.clock.elapsedMs() + this.#pauseMs();
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    const { clock } = this.parts;
    const patience = { clock, deadlineMs: closeDeadlineMs, signal: new AbortController().signal };
    const onTimeout = () => errors.DEADLINE_PASSED({ deadlineMs: closeDeadlineMs });
    // However it ends, it is ended: an orderly close that fails is replaced by a forced one.
    await withDeadline(() => session.close(), { ...patience, onTimeout }).catch(() => session.destroy());
  }

  async #connect(signal: AbortSignal): Promise<Session<Query>> {
    const { reader, target, clock, connectDeadlineMs } = this.parts;
    const startMs = clock.elapsedMs();
    const onTimeout = () => errors.CONNECT_DEADLINE_PASSED({ deadlineMs: connectDeadlineMs });
    let connecting: Promise<Session<Query>> | undefined;
    try {
      const session = await withDeadline((limit) => (connecting = reader.connect(target, limit)), {
        clock,
        deadlineMs: connectDeadlineMs,
        signal,
        onTimeout,
      });
      this.#openedAtMs = clock.elapsedMs();
      this.connectMs = this.#openedAtMs - startMs;
      this.opened++;
      return (this.#session = session);
    } catch (error) {
      // A reader that connects although it was told to stop must not leave its connection behind.
      connecting?.then((late) => late.destroy()).catch(() => undefined);
      this.#failures++;
      this.#failure = error;
      this.#notBeforeMs = clock.elapsedMs() + this.#pauseMs();
      throw error;
    }
  }

  #pauseMs(): number {
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1));
    return pauseMs * (0.5 + this.parts.clock.random() / 2);
  }
}
