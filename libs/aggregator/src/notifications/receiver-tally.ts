import type { ReceiverStatus } from './outbox-memory.js';

export type Outcome = 'sent' | 'failed' | 'refused';

/** What this process has tried with one receiver, over all its terms. */
export class ReceiverTally {
  readonly outcomes: Record<Outcome, number> = { sent: 0, failed: 0, refused: 0 };
  /** Ends of alerts that were never told. */
  dropped = 0;
  #lastSuccessMs: number | undefined;
  #lastFailureMs: number | undefined;
  #errorCode: string | undefined;
  #failingSinceMs: number | undefined;

  sent(nowMs: number): void {
    this.outcomes.sent++;
    this.#lastSuccessMs = nowMs;
    this.#errorCode = undefined;
    this.#failingSinceMs = undefined;
  }

  failed(outcome: 'failed' | 'refused', errorCode: string, nowMs: number): void {
    this.outcomes[outcome]++;
    this.#lastFailureMs = nowMs;
    this.#errorCode = errorCode;
    this.#failingSinceMs ??= nowMs;
  }

  status(): Pick<ReceiverStatus, 'lastSuccessMs' | 'lastFailureMs' | 'errorCode' | 'failingSinceMs'> {
    return {
      ...(this.#lastSuccessMs !== undefined && { lastSuccessMs: this.#lastSuccessMs }),
      ...(this.#lastFailureMs !== undefined && { lastFailureMs: this.#lastFailureMs }),
      ...(this.#errorCode !== undefined && { errorCode: this.#errorCode }),
      ...(this.#failingSinceMs !== undefined && { failingSinceMs: this.#failingSinceMs }),
    };
  }
}
