import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { errors } from '../errors.js';

/** As whom a program runs: `uid` and `gid` for spawn, or a command in front of it. Nothing of it: as ourselves. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  readonly prefix: readonly string[];
}

/**
 * How to run a program that refuses root. A normal user runs it as it is. Root becomes an existing user where that user
 * reaches the program and the folder (a home folder of mode 0700 hides both); else root stays root outside and is "nobody"
 * inside a user namespace, which needs neither a user nor a changed owner.
 */
export function chooseUnprivileged(server: string, binary: string, folder: string): RunAs {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const user = ['postgres', 'nobody'].flatMap(findUser).find((candidate) => reaches(candidate, binary, folder));
  if (user) return { ...user, prefix: [] };
  const [command = '', ...args] = userNamespace;
  if (spawnSync(command, [...args, 'true']).status === 0) return { prefix: userNamespace };
  throw errors.NO_UNPRIVILEGED_USER({ server, binary, folder });
}

/** Gives a folder to that user; it may belong to another one after a move or a change of version. */
export async function giveTo({ uid, gid }: RunAs, folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const owner = uid ?? 0;
  if (statSync(folder).uid === owner) return;
  await runStep(
    { prefix: [] },
    { step: 'chown', folder, command: 'chown', args: ['-R', `${owner}:${gid ?? 0}`, folder] },
  );
}

export interface Step {
  /** For messages: what is being done to which folder. */
  readonly step: string;
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly input?: string;
}

/** Runs a set-up step to its end. Its output shows up in the error when it fails, so the input must not be echoed by it. */
export async function runStep(
  { uid, gid, prefix }: RunAs,
  { step, folder, command, args, input = '' }: Step,
): Promise<void> {
  const [file = '', ...rest] = [...prefix, command, ...args];
  const running = run(file, rest, { uid, gid, cwd: '/', timeout: 60_000 });
  // A program that ends without reading its input breaks the pipe; whether that was right, its exit code tells.
  running.child.stdin?.on('error', () => undefined).end(input);
  try {
    await running;
  } catch (error) {
    const {
      code,
      signal,
      stderr = '',
      message,
    } = error as { code?: number | string; signal?: string; stderr?: string; message: string };
    const exit = signal ? `signal ${signal}` : typeof code === 'number' ? `exit code ${code}` : message;
    throw errors.SET_UP_FAILED({ step, folder, exit, lines: stderr.trim() });
  }
}

const run = promisify(execFile);
const userNamespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534'];

function findUser(name: string): { uid: number; gid: number }[] {
  if (!existsSync('/etc/passwd')) return [];
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? [{ uid: Number(uid), gid: Number(gid) }] : [];
}

function reaches(user: { uid: number; gid: number }, binary: string, folder: string): boolean {
  return (
    spawnSync('sh', ['-c', 'test -x "$0" && test -x "$1"', binary, dirname(folder)], { ...user, cwd: '/' }).status === 0
  );
}
