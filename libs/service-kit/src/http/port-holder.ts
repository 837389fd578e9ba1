import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Who listens on a port, as ` by node (process 1234)`, where the system tells (Linux, our own processes); else an empty text. */
export function portHolder(port: number): string {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningSockets(table, port)));
  if (sockets.size === 0) return '';
  for (const process of entries('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = entries(`/proc/${process}/fd`).some((fd) =>
      sockets.has(attempt(() => readlinkSync(`/proc/${process}/fd/${fd}`))),
    );
    if (holds)
      return ` by ${attempt(() => readFileSync(`/proc/${process}/comm`, 'utf8').trim()) || 'a process'} (process ${process})`;
  }
  return ' by a process of another user';
}

/** `socket:[inode]` of each socket of the table that listens on the port. */
function listeningSockets(table: string, port: number): string[] {
  const hexPort = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = attempt(() => readFileSync(table, 'utf8')).split('\n');
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === '0A' && local?.endsWith(hexPort) ? [`socket:[${inode}]`] : [];
  });
}

function entries(folder: string): string[] {
  return attempt(() => readdirSync(folder).join('\n'))
    .split('\n')
    .filter(Boolean);
}

/** What can't be read (another system, another user, a process that just ended) is told as nothing: this only decorates a message. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
