import { answers } from './answers.js';
import { runningServers } from './note.js';
import type { ServiceNote } from './note.js';

/** Why a service is not as it should be; absent when each of its servers answers in its own protocol. */
export async function statusOf(note: ServiceNote): Promise<string | undefined> {
  const asked = await Promise.allSettled(note.addresses.map(answers));
  const silent = asked.flatMap((result, index) => {
    if (result.status === 'fulfilled') return [];
    const { host, port } = note.addresses[index] as ServiceNote['addresses'][number];
    return `${host}:${port} does not answer (${(result.reason as Error).message})`;
  });
  // Only after the question: another program that answers on this port is not our service.
  const gone = note.servers.filter((server) => !runningServers(note).includes(server));
  const ended = gone.map(({ process, logFile }) => `the server with pid ${process.pid} has ended, see ${logFile}`);
  return [...silent, ...ended].join('; ') || undefined;
}
