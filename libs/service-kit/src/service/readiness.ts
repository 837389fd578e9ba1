import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '@omninode/contracts';

export interface ReadinessState {
  readonly ready: boolean;
  /** Why not, in a sentence for people; also allowed when ready. */
  readonly reason?: string | undefined;
}

/** Something without which this process can't do its work. */
export interface ReadinessCheck {
  readonly name: string;
  /** Answers from what is known: it is asked every few seconds, and has one second. */
  check(): ReadinessState | Promise<ReadinessState>;
}

export type CheckAnswer = { readonly name: string } & ReadinessState;

/** What decides whether `/readyz` answers 200. Injectable by its class. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();

  /** Adds a check; one of the same name is replaced. The returned function takes it away again. */
  add(check: ReadinessCheck): () => void {
    this.#checks.set(check.name, check);
    return () => {
      if (this.#checks.get(check.name) === check) this.#checks.delete(check.name);
    };
  }

  ask(): Promise<readonly CheckAnswer[]> {
    return Promise.all([...this.#checks.values()].map(answerOf));
  }
}

const checkDeadlineMs = 1_000;

/** A check that throws or does not answer is not ready: what is unknown is never told as well. */
async function answerOf(check: ReadinessCheck): Promise<CheckAnswer> {
  const answered = new AbortController();
  const late = sleep(
    checkDeadlineMs,
    { ready: false, reason: `It did not answer within ${checkDeadlineMs} ms.` },
    { signal: answered.signal },
  );
  // When the check is faster, the timer is taken away, and its rejection says only that.
  late.catch(() => undefined);
  try {
    const { ready, reason } = await Promise.race([check.check(), late]);
    return { name: check.name, ready, ...(reason !== undefined && { reason }) };
  } catch (error) {
    return { name: check.name, ready: false, reason: `It failed (${errorCode(error)}).` };
  } finally {
    answered.abort();
  }
}
