import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessIdentity } from './process-table.js';

/**
 * Ties a server's life to ours. A shell of 1 MB waits at the other end of a pipe that only this process holds: the system
 * closes it when this process ends, also by SIGKILL, and the shell then stops the server as `stop()` would.
 */
export function watchParent(
  server: ProcessIdentity,
  stopSignal: NodeJS.Signals,
  temporaryFolder?: string,
): { dismiss(): void } {
  const script = fileURLToPath(new URL('../../watch-parent.sh', import.meta.url));
  const args = [script, String(server.pid), server.startedAt, stopSignal.replace('SIG', ''), temporaryFolder ?? ''];
  const watcher = spawn('/bin/sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
  watcher.unref();
  return {
    dismiss: () => {
      watcher.kill('SIGKILL');
    },
  };
}
