import { endProcess } from '../process/end-process.js';
import { readNote, removeNote, runningServers } from './note.js';
import type { ServiceName } from './service.js';

export type DownResult = 'stopped' | 'was gone already' | 'was not up';

/**
 * Ends what `up` started under this name, and only that: a process is ended when its pid and its start time are those that
 * were written down. The data stays.
 */
export async function takeDown(dataFolder: string, name: ServiceName): Promise<DownResult> {
  const note = await readNote(dataFolder, name);
  if (!note) return 'was not up';
  const running = runningServers(note);
  await Promise.all(running.map((server) => endProcess(server.process, server.stopSignal)));
  await removeNote(dataFolder, name);
  return running.length > 0 ? 'stopped' : 'was gone already';
}
