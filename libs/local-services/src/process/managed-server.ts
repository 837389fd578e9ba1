import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { errors } from '../errors.js';
import { isPortFree } from './free-port.js';
import { areGone, endProcess } from './end-process.js';
import { findProcess, isSameProcess, processTree, sendSignal } from './process-table.js';
import type { ProcessIdentity } from './process-table.js';
import { untilReady } from './until-ready.js';
import type { RunAs } from './unprivileged.js';
import { watchParent } from './watch-parent.js';

/** What every start function takes. */
export interface StartOptions {
  /** Cancels a start that is under way. It does not stop a server that is up. */
  readonly signal?: AbortSignal;
  /** How long the server may take until it answers. Default 60 000. */
  readonly deadlineMs?: number;
}

/**
 * A running server of ours and what can be done to it, in any state. It ends with the process that started it, however that
 * one ends, unless it was detached.
 */
export interface ManagedServer {
  readonly host: string;
  readonly port: number;
  /** Of the server itself, never of a wrapper. Changes with each start. */
  readonly pid: number;
  /** With the pid: what tells this process from a later one with the same number. */
  readonly identity: ProcessIdentity;
  readonly isRunning: boolean;
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
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
  /** From now on it outlives us: who noted its identity has to end it. */
  detach(): void;
}

export interface ServerPlan {
  /** For messages: `PostgreSQL 18`. */
  readonly server: string;
  readonly host: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
  /** Absent: as ourselves. */
  readonly runAs?: RunAs;
  readonly workFolder: string;
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
  /** Removed when the parent is gone. */
  readonly temporaryFolder?: string;
  /** Makes the folder fit for a start, for instance after a crash. */
  readonly beforeStart?: (signal: AbortSignal) => Promise<void>;
  /** Resolves when the server answers by its own protocol, rejects with the reason when it does not yet. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
}

/** Starts a server and resolves when it answers. A server that fails to start leaves no process behind. */
export async function startManaged(plan: ServerPlan, options: StartOptions): Promise<ManagedServer> {
  let isDetached = false;
  let current = await launch(plan, options);

  const stopProcess = async () => {
    current.child.ref(); // else a parent with nothing else to do would end before the server did
    await endProcess(current.identity, plan.stopSignal);
    await current.exited;
    current.watcher.dismiss();
  };
  const signalTree = (signal: NodeJS.Signals) => {
    if (!isSameProcess(current.identity)) return;
    for (const member of processTree(current.identity.pid)) sendSignal(member.pid, signal);
  };
  const detach = () => {
    isDetached = true;
    current.watcher.dismiss();
    current.child.unref();
  };

  return {
    host: plan.host,
    port: plan.port,
    logFile: plan.logFile,
    stopSignal: plan.stopSignal,
    get pid() {
      return current.identity.pid;
    },
    get identity() {
      return current.identity;
    },
    get isRunning() {
      return isSameProcess(current.identity);
    },
    stop: stopProcess,
    async kill() {
      if (!isSameProcess(current.identity)) return;
      const [, ...children] = processTree(current.identity.pid);
      current.child.ref();
      sendSignal(current.identity.pid, 'SIGKILL');
      await current.exited;
      // A child that was paused with its parent would never notice that it is an orphan.
      for (const child of children) if (isSameProcess(child)) sendSignal(child.pid, 'SIGCONT');
      await areGone(children, 1_000);
    },
    pause() {
      // The main process first: what it can't start any more can't be missed.
      if (isSameProcess(current.identity)) sendSignal(current.identity.pid, 'SIGSTOP');
      signalTree('SIGSTOP');
    },
    resume: () => signalTree('SIGCONT'),
    async restart(meanwhile) {
      await stopProcess();
      await meanwhile?.();
      // The signal was for the first start; it may have fired since.
      current = await launch(plan, { ...options, signal: undefined });
      if (isDetached) detach();
    },
    detach,
  };
}

interface Launched {
  readonly child: ChildProcess;
  readonly identity: ProcessIdentity;
  /** Resolves with the way it ended. */
  readonly exited: Promise<string>;
  readonly watcher: { dismiss(): void };
}

async function launch(plan: ServerPlan, options: StartOptions): Promise<Launched> {
  const { deadlineMs = 60_000, signal = new AbortController().signal } = options;
  const { server, host, port } = plan;
  if (signal.aborted) throw errors.START_ABORTED({ server });
  await plan.beforeStart?.(signal);
  // Another server of the same kind there would answer our probe, and we would take it for ours.
  if (!(await isPortFree(host, port))) throw errors.PORT_IN_USE({ server, host, port });
  const launched = spawnServer(plan);
  try {
    await untilReady(plan, { deadlineMs, signal, exited: launched.exited });
    return launched;
  } catch (error) {
    for (const member of processTree(launched.identity.pid)) sendSignal(member.pid, 'SIGKILL');
    await launched.exited;
    launched.watcher.dismiss();
    throw error;
  }
}

function spawnServer(plan: ServerPlan): Launched {
  const [command = '', ...args] = [...(plan.runAs?.prefix ?? []), plan.command, ...plan.args];
  const log = openSync(plan.logFile, 'a');
  try {
    // `detached` gives the server its own session: what is sent to our terminal or our group does not reach it.
    const child = spawn(command, args, {
      cwd: plan.workFolder,
      uid: plan.runAs?.uid,
      gid: plan.runAs?.gid,
      stdio: ['ignore', log, log],
      detached: true,
    });
    const exited = once(child, 'exit').then(
      ([code, signal]) => (signal ? `signal ${signal as string}` : `exit code ${code as number}`),
      (error: Error) => error.message,
    );
    // It may have ended before it was looked at: then there is nothing to signal, and `exited` tells the rest.
    const identity = findProcess(child.pid ?? 0) ?? { pid: 0, startedAt: 'never' };
    const watcher = watchParent(identity, plan.stopSignal, plan.temporaryFolder);
    return { child, identity, exited, watcher };
  } finally {
    closeSync(log);
  }
}
