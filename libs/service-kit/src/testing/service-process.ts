import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const folder = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles the service that the tests run as a process, so that they never run an older one. */
export function buildService(): void {
  const compiler = fileURLToPath(new URL('../../../../node_modules/ts7/bin/tsc', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-b'], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The service does not compile:\n${stdout}`);
}

export interface ServiceProcess {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The sentences of the log, with their fields. */
  readonly lines: () => Record<string, unknown>[];
  /** Resolves to the URL of the ready line. */
  ready(): Promise<string>;
  /** Resolves once the log has a line with this sentence. */
  logged(sentence: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  closeStdout(): void;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null; readonly atMs: number }>;
}

/** Runs `fault-injection/service.ts` with these settings, on a port that the system chooses; killed when the test is over. */
export function runFaultyService(env: Record<string, string> = {}, argv: readonly string[] = []): ServiceProcess {
  const child = spawn(process.execPath, ['dist/fault-injection/service.js', ...argv], {
    cwd: folder,
    env: { OMNINODE_HTTP_PORT: '0', OMNINODE_LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
  }
  const exit = once(child, 'close').then(([code, signal]: unknown[]) => ({
    code: code as number | null,
    signal: signal as string | null,
    atMs: performance.now(),
  }));
  const seen = async (stream: 'stdout' | 'stderr', pattern: RegExp) => {
    for (;;) {
      const match = pattern.exec(text[stream]);
      if (match) return match;
      const ended = await Promise.race([once(child[stream], 'data').then(() => false), exit.then(() => true)]);
      if (ended) throw new Error(`The service ended without writing ${pattern}:\n${text.stdout}${text.stderr}`);
    }
  };
  return {
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    lines: () =>
      text.stderr
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    ready: async () => (await seen('stdout', /^ready (http:\S+) /m))[1]!,
    logged: async (sentence) => void (await seen('stderr', new RegExp(sentence))),
    kill: (signal) => child.kill(signal),
    closeStdout: () => child.stdout.destroy(),
    exit,
  };
}
