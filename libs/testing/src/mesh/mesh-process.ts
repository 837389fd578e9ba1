import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** One process of the mesh, as people run it, under a test's control. */
export interface MeshProcess {
  readonly name: string;
  /** Where it answers HTTP, on a port that the system chose. */
  readonly url: string;
  readonly isRunning: boolean;
  readonly pid: number;
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. Resolves to its exit code. */
  stop(): Promise<number | null>;
  /** SIGSTOP: it does nothing, keeps its connections, and knows of nothing. */
  pause(): void;
  resume(): void;
  /** The newest lines of its log, for a test that fails. */
  readonly log: readonly string[];
}

export interface MeshProcessOptions {
  /** `aggregator`: the process is `apps/aggregator/dist/main.js`. */
  readonly app: string;
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
const linesKept = 200;

/** Starts a process of the mesh. Resolves when it is ready; rejects with its log when it ends before. */
export async function startMeshProcess({ app, name, env }: MeshProcessOptions): Promise<MeshProcess> {
  const child = spawn(process.execPath, [join(root, 'apps', app, 'dist/main.js')], {
    env: { ...withoutSettings(process.env), OMNINODE_HTTP_PORT: '0', OMNINODE_LOG_FORMAT: 'pretty', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const exited = once(child, 'exit').then(([code]: unknown[]) => {
    running.delete(child);
    return code as number | null;
  });
  const log: string[] = [];
  const url = Promise.withResolvers<string>();
  const keep = (line: string) => {
    if (log.push(line) > linesKept) log.shift();
    const ready = /^ready (http:\S+)/.exec(line)?.[1];
    if (ready) url.resolve(ready);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', keep);
  void exited.then((code) =>
    url.reject(new Error(`${name} ended with ${code} before it was ready:\n${log.join('\n')}`)),
  );

  return {
    name,
    url: await url.promise,
    log,
    pid: child.pid!,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

/** A test run may be configured itself; its processes are not. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OMNINODE_')));
}
