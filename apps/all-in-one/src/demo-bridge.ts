import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LogFields, Logger } from '@omninode/service-kit';

const main = fileURLToPath(new URL('../../demo-bridge/dist/main.js', import.meta.url));
const endDeadlineMs = 5_000;

export interface BridgeStart {
  readonly flags: readonly string[];
  /** Nothing else of our environment reaches it: it holds what is meant for us. */
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

export interface BridgeProcess {
  /** Resolves to where it answers, or to `undefined` when it ended before it did. */
  readonly ready: Promise<string | undefined>;
  end(): Promise<void>;
}

/** Starts the bridge in a process of its own. What it says comes out with what we say; it ends when we do, however we end. */
export function startBridge({ flags, env, logger }: BridgeStart): BridgeProcess {
  const child = spawn(process.execPath, [main, ...flags], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  // Only its other end matters: it closes with us.
  child.channel?.unref();
  let isEnding = false;
  const exited = ended(child).then((how) => {
    if (!isEnding) logger.warn('The bridge of the demo ended by itself.', how);
    return undefined;
  });
  return {
    ready: Promise.race([readyLine(child), exited]),
    async end() {
      isEnding = true;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), endDeadlineMs);
      await exited;
      clearTimeout(force);
    },
  };
}

/** How it ended: with which code, by which signal, or why it did not begin. */
async function ended(child: ChildProcess): Promise<LogFields> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return { code, signal };
  } catch (error) {
    return { error };
  }
}

function readyLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const url = /^ready (\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}
