import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, processTree, sendSignal } from './process-table.js';
import type { ProcessIdentity } from './process-table.js';

/** Ends a server: by its stop signal, after 15 s by force, with its children. Resolves when they are gone. */
export async function endProcess(server: ProcessIdentity, stopSignal: NodeJS.Signals): Promise<void> {
  if (!isSameProcess(server)) return;
  const members = processTree(server.pid);
  sendSignal(server.pid, stopSignal);
  for (const { pid } of members) sendSignal(pid, 'SIGCONT'); // it may be paused
  if (await areGone(members, 15_000)) return;
  for (const { pid } of members.filter(isSameProcess)) sendSignal(pid, 'SIGKILL');
  await areGone(members, 5_000);
}

/** Whether all of them ended within the time. */
export async function areGone(processes: readonly ProcessIdentity[], withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (processes.some(isSameProcess)) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
