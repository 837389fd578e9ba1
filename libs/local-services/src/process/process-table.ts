import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

/** Tells a process from any other, also from a later one that got the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, or a date on macOS. */
  readonly startedAt: string;
}

/** One running process. A zombie (ended, not yet collected by its parent) is not running and is never listed. */
export interface RunningProcess extends ProcessIdentity {
  readonly parentPid: number;
}

/** Absent when no process has this pid, or only a zombie. */
export function findProcess(pid: number): RunningProcess | undefined {
  return hasProcFolder ? readProcFolder(pid) : askPs(['-p', String(pid)])[0];
}

/** Whether this pid is still the process that started then, not a later one with the same number. */
export function isSameProcess({ pid, startedAt }: ProcessIdentity): boolean {
  return findProcess(pid)?.startedAt === startedAt;
}

/** The process itself and everything below it, parents before children. */
export function processTree(pid: number): readonly RunningProcess[] {
  const all = listProcesses();
  const withChildren = (process: RunningProcess): RunningProcess[] => [
    process,
    ...all.filter(({ parentPid }) => parentPid === process.pid).flatMap(withChildren),
  ];
  return all.filter((process) => process.pid === pid).flatMap(withChildren);
}

/** The processes whose working folder this is; PostgreSQL's are in their data folder. */
export function processesIn(folder: string): readonly RunningProcess[] {
  const wanted = realpathSync(folder);
  if (hasProcFolder)
    return listProcesses().filter(({ pid }) => readIfThere(() => readlinkSync(`/proc/${pid}/cwd`)) === wanted);
  // One block per process: a line `p<pid>`, then a line `n<working folder>`.
  const { stdout } = spawnSync('lsof', ['-d', 'cwd', '-F', 'pn'], { encoding: 'utf8' });
  const blocks = stdout.split(/^p/m).filter((block) => block.split('\n').includes(`n${wanted}`));
  return blocks.flatMap((block) => findProcess(Number.parseInt(block, 10)) ?? []);
}

/** Sends a signal; a process that ended in the meantime is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const hasProcFolder = existsSync('/proc/self/stat');

function listProcesses(): readonly RunningProcess[] {
  if (!hasProcFolder) return askPs(['-A']);
  return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (readProcFolder(Number(entry)) ?? []) : []));
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: state is field 3, the parent 4, the start time 22. */
function readProcFolder(pid: number): RunningProcess | undefined {
  const stat = readIfThere(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  // The command's name is field 2 and may hold spaces and parentheses, so counting starts behind its last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  return { pid, parentPid: Number(fields[1]), startedAt: fields[19] ?? '' };
}

function readIfThere(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    // ESRCH: the process ended between opening and reading. EACCES: it is another user's, so not one of ours.
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function askPs(which: readonly string[]): readonly RunningProcess[] {
  const { stdout } = spawnSync('env', ['LC_ALL=C', 'ps', '-o', 'pid=,ppid=,stat=,lstart=', ...which], {
    encoding: 'utf8',
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parentPid, state, startedAt] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (startedAt === undefined || state?.startsWith('Z')) return [];
    return { pid: Number(pid), parentPid: Number(parentPid), startedAt };
  });
}
