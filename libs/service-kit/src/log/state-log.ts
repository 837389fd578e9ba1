import type { LogFields, Logger } from './logger.js';

/** Logs a failure that repeats when it begins, when it becomes another failure, and when it ends: not each time. */
export interface StateLog {
  /** Warns when the subject was well until now or fails in another way (another sentence, `code` or `reason`). */
  failing(subject: string, sentence: string, fields?: LogFields): void;
  /** Informs when the subject was failing, with how often and how long it did. */
  working(subject: string, sentence: string, fields?: LogFields): void;
  /** The subject is gone; the next failure under this name is a new one. */
  forget(subject: string): void;
}

interface Failure {
  state: string;
  readonly sinceMs: number;
  times: number;
}

/** `nowMs` is a clock for durations; the default can't be set back. */
export function stateLog(logger: Logger, nowMs: () => number = () => performance.now()): StateLog {
  const failures = new Map<string, Failure>();
  return {
    failing(subject, sentence, fields = {}) {
      const state = [sentence, fields.code, fields.reason].join(' ');
      const known = failures.get(subject);
      if (known) known.times += 1;
      if (known?.state === state) return;
      if (known) known.state = state;
      else failures.set(subject, { state, sinceMs: nowMs(), times: 1 });
      logger.warn(sentence, { subject, ...fields });
    },
    working(subject, sentence, fields = {}) {
      const ended = failures.get(subject);
      if (!ended) return;
      failures.delete(subject);
      logger.info(sentence, {
        subject,
        failures: ended.times,
        failedForSeconds: Math.round((nowMs() - ended.sinceMs) / 1000),
        ...fields,
      });
    },
    forget: (subject) => void failures.delete(subject),
  };
}
