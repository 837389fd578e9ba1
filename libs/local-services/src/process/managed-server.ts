import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { errors } from '../errors.js';
import { isPortFree } from './free-port.js';
import { findProcess, isSameProcess, processTree, sendSignal } from './process-table.js';
import type { RunningProcess } from './process-table.js';
import { untilReady } from './until-ready.js';
import type { Identity } from './unprivileged.js';
import { watchParent } from './watch-parent.js';

/** What every start function takes. */
export interface StartOptions {
  /** Cancels a start that is under way. It does not stop a server that is up. */
  readonly signal?: AbortSignal;
  /** How long the server may take until it answers. Default 60 000. */
  readonly deadlineMs?: number;
  /**
   * `with-parent` (default): the server ends with the process that started it, however that one ends.
   * `detached`: it outlives its starter and belongs to whoever noted its pid.
   */
  readonly lifetime?: 'with-parent' | 'detached';
}

/** A running server of ours and what can be done to it. All of it can be called in any state. */
export interface ManagedServer {
  readonly host: string;
  readonly port: number;
  /** Of the server itself, never of a wrapper. Changes with each start. */
  readonly pid: number;
  readonly isRunning: boolean;
  readonly logFile: string;
  /** Orderly, then by force after 15 s. A temporary folder goes with it. */
  stop(): Promise<void>;
  /**
   * SIGKILL for the server's main process only, as a crash would; its folder stays. Resolves when its children are gone
   * too, or after 1 s: a busy one finishes its statement first.
   */
  kill(): Promise<void>;
  /** SIGSTOP for the server and its children: connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
  /**
   * Stops it if it runs, then starts it in the same folder on the same port. Resolves when it answers.
   * `meanwhile` is done while it is down.
   */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
}

export interface ServerPlan {
  /** For messages: `PostgreSQL 18`. */
  readonly server: string;
  readonly host: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly identity?: Identity;
  readonly workFolder: string;
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
  /** Removed by stop(), and when the parent is gone. */
  readonly temporaryFolder?: string;
  /** Makes the folder fit for a start, for instance after a crash. */
  readonly beforeStart?: (signal: AbortSignal) => Promise<void>;
  /** Resolves when the server answers by its own protocol, rejects with the reason when it does not yet. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
}

/** Starts a server and resolves when it answers. A server that fails to start leaves no process behind. */
export async function startManaged(plan: ServerPlan, options: StartOptions): Promise<ManagedServer> {
  let current = await launch(plan, options);

  const endCurrent = async (end: () => void) => {
    const { child, exited } = current;
    child.ref(); // else a parent with nothing else to do would end before the server did
    end();
    await exited;
  };
  const resume = () => signalTree(current.process.pid, 'SIGCONT');
  const stopProcess = () => endCurrent(() => endOrderly(current.process, plan.stopSignal));

  return {
    host: plan.host,
    port: plan.port,
    logFile: plan.logFile,
    get pid() {
      return current.process.pid;
    },
    get isRunning() {
      return isSameProcess(current.process);
    },
    async stop() {
      await stopProcess();
      if (plan.temporaryFolder) await rm(plan.temporaryFolder, { recursive: true, force: true });
    },
    async kill() {
      const [, ...children] = isSameProcess(current.process) ? processTree(current.process.pid) : [];
      await endCurrent(() => {
        if (isSameProcess(current.process)) sendSignal(current.process.pid, 'SIGKILL');
      });
      // A child that was paused with its parent would never notice that it is an orphan.
      for (const child of children) if (isSameProcess(child)) sendSignal(child.pid, 'SIGCONT');
      await untilGone(children, 1_000);
    },
    pause() {
      // The main process first: what it can't start any more can't be missed.
      if (isSameProcess(current.process)) sendSignal(current.process.pid, 'SIGSTOP');
      signalTree(current.process.pid, 'SIGSTOP');
    },
    resume,
    async restart(meanwhile) {
      await stopProcess();
      await meanwhile?.();
      // The signal was for the first start; it may have fired since.
      current = await launch(plan, { ...options, signal: undefined });
    },
  };

  function signalTree(pid: number, signal: NodeJS.Signals) {
    if (!isSameProcess(current.process)) return;
    for (const member of processTree(pid)) sendSignal(member.pid, signal);
  }
}

interface Launched {
  readonly child: ChildProcess;
  readonly process: RunningProcess;
  readonly exited: Promise<string>;
}

async function launch(plan: ServerPlan, options: StartOptions): Promise<Launched> {
  const { deadlineMs = 60_000, lifetime = 'with-parent', signal = new AbortController().signal } = options;
  if (signal.aborted) throw errors.START_ABORTED({ server: plan.server });
  await plan.beforeStart?.(signal);
  // Another server of the same kind there would answer our probe, and we would take it for ours.
  if (!(await isPortFree(plan.host, plan.port)))
    throw errors.PORT_IN_USE({ server: plan.server, host: plan.host, port: plan.port });
  const launched = spawnServer(plan);
  const watcher =
    lifetime === 'with-parent' ? watchParent(launched.process, plan.stopSignal, plan.temporaryFolder) : undefined;
  void launched.exited.then(() => watcher?.dismiss());
  if (lifetime === 'detached') launched.child.unref();
  try {
    await untilReady(plan, { deadlineMs, signal, exited: launched.exited });
    return launched;
  } catch (error) {
    for (const member of processTree(launched.process.pid)) sendSignal(member.pid, 'SIGKILL');
    throw error;
  }
}

function spawnServer(plan: ServerPlan): Launched {
  const [command = '', ...args] = [...(plan.identity?.prefix ?? []), plan.command, ...plan.args];
  const log = openSync(plan.logFile, 'a');
  try {
    // `detached` gives the server its own session: what is sent to our terminal or our group does not reach it.
    const child = spawn(command, args, {
      cwd: plan.workFolder,
      uid: plan.identity?.uid,
      gid: plan.identity?.gid,
      stdio: ['ignore', log, log],
      detached: true,
    });
    const exited = once(child, 'exit').then(
      ([code, signal]) => (signal ? `signal ${signal as string}` : `exit code ${code as number}`),
      (error: Error) => error.message,
    );
    const process = child.pid === undefined ? undefined : findProcess(child.pid);
    // It may have ended before it was looked at: then there is nothing to signal, and `exited` tells the rest.
    return { child, exited, process: process ?? { pid: child.pid ?? 0, parentPid: 0, startedAt: 'never' } };
  } finally {
    closeSync(log);
  }
}

function endOrderly(server: RunningProcess, stopSignal: NodeJS.Signals): void {
  if (!isSameProcess(server)) return;
  const members = processTree(server.pid);
  sendSignal(server.pid, stopSignal);
  for (const { pid } of members) sendSignal(pid, 'SIGCONT');
  const force = () => members.filter(isSameProcess).forEach(({ pid }) => sendSignal(pid, 'SIGKILL'));
  setTimeout(force, 15_000).unref();
}

async function untilGone(processes: readonly RunningProcess[], deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (processes.some(isSameProcess) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
