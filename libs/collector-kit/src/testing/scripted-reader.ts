import type { Explanation, Reader, Session } from '../reader.js';

/** A target that does what a test says. The real ones are tried in each collector. */
export class ScriptedReader implements Reader<unknown, string> {
  connects = 0;
  destroyed = 0;
  closed = 0;
  readonly asked: string[] = [];
  /** What a connect does; default: it succeeds. */
  connecting: (signal: AbortSignal) => Promise<void> = async () => undefined;
  /** What a read answers. */
  answering: (query: string, signal: AbortSignal) => Promise<unknown> = async () => 1;
  lost: Error | undefined;

  async connect(_target: unknown, signal: AbortSignal): Promise<Session<string>> {
    this.connects++;
    await this.connecting(signal);
    this.lost = undefined;
    const lost = () => this.lost;
    return {
      get lost() {
        return lost();
      },
      read: async (query, _family, limit) => {
        this.asked.push(query);
        return { reply: await this.answering(query, limit), roundTrips: 1, rows: 2 };
      },
      close: async () => void this.closed++,
      destroy: () => void this.destroyed++,
    };
  }

  explain(error: unknown): Explanation {
    const { message } = error as Error;
    return { status: message === 'refused' ? 'unreachable' : 'permission', reason: message };
  }
}

export const never = (): Promise<never> => new Promise(() => undefined);
