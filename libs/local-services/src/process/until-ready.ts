import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '../errors.js';
import type { ServerPlan } from './managed-server.js';

export interface Waiting {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Resolves with the way it went, when the server ends. */
  readonly exited: Promise<string>;
}

/** Asks the server until it answers. Rejects when it ends first, when the deadline passes, or when the signal fires. */
export async function untilReady(plan: ServerPlan, { deadlineMs, signal, exited }: Waiting): Promise<void> {
  const { server, logFile } = plan;
  const deadline = AbortSignal.timeout(deadlineMs);
  const giveUp = AbortSignal.any([deadline, signal]);
  let exit: string | undefined;
  void exited.then((how) => (exit = how));
  let reason = 'no answer yet';

  while (true) {
    if (exit !== undefined) throw errors.SERVER_ENDED({ server, exit, logFile, lines: lastLines(logFile) });
    if (signal.aborted) throw errors.START_ABORTED({ server }, signal.reason);
    if (deadline.aborted)
      throw errors.SERVER_NOT_READY({ server, deadlineMs, reason, logFile, lines: lastLines(logFile) });
    try {
      // A server that accepts the connection and then hangs must not use up the whole deadline in one question.
      await plan.probe(AbortSignal.any([giveUp, AbortSignal.timeout(2_000)]));
      return;
    } catch (error) {
      reason = (error as Error).message;
    }
    await sleep(40);
  }
}

function lastLines(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-6).join('\n');
}
