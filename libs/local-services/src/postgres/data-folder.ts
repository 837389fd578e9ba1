import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '../errors.js';
import { processesIn, sendSignal } from '../process/process-table.js';
import { giveTo, runStep } from '../process/unprivileged.js';
import type { RunAs } from '../process/unprivileged.js';
import type { PostgresPrograms } from './programs.js';
import { runSingleUser } from './single-user.js';

export interface NewDataFolder {
  readonly programs: PostgresPrograms;
  readonly runAs: RunAs;
  readonly folder: string;
  /** `trust` asks nobody for a password; else every role logs in over TCP with this one (SCRAM). */
  readonly authentication: 'trust' | { readonly password: string };
  /** Made beside `postgres`, each with pg_stat_statements. */
  readonly databases: readonly string[];
}

/** Makes a data folder with our roles and the extension. Existing data is kept as it is. */
export async function ensureDataFolder(wanted: NewDataFolder): Promise<void> {
  if (existsSync(join(wanted.folder, 'PG_VERSION'))) return;
  // Made under another name first: a folder with the final name is always a complete one.
  const unfinished = `${wanted.folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700, recursive: true });
  await giveTo(wanted.runAs, unfinished);
  await initialise({ ...wanted, folder: unfinished });
  renameSync(unfinished, wanted.folder);
}

/** The major version whose data is in a folder. */
export function dataVersion(folder: string): number {
  return Number(readFileSync(join(folder, 'PG_VERSION'), 'utf8'));
}

/**
 * Makes a folder fit for a start after a crash. A postmaster that was killed leaves its pid file, which makes PostgreSQL
 * refuse when that pid lives again as something else, and backends that finish their statement before they notice.
 */
export async function recoverFolder(folder: string): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (processesIn(folder).some((member) => member.pid === pid)) throw errors.FOLDER_IN_USE({ folder, pid });
  await endOrphans(folder);
  rmSync(pidFile, { force: true });
}

async function initialise({ programs, runAs, folder, authentication, databases }: NewDataFolder): Promise<void> {
  const method = authentication === 'trust' ? 'trust' : 'scram-sha-256';
  const locale = ['--encoding=UTF8', '--locale=C'];
  const logins = ['--username=postgres', '--auth-local=trust', `--auth-host=${method}`];
  await runStep(runAs, {
    step: 'initdb',
    folder,
    command: programs.initdb,
    args: ['-D', folder, ...locale, ...logins, '--no-sync'],
  });

  const password = authentication === 'trust' ? '' : ` password ${literal(authentication.password)}`;
  // What template1 has, every database made later has too.
  await runSingleUser({ programs, runAs, folder, database: 'template1' }, [
    `create role omninode login${password}`,
    'grant pg_monitor to omninode',
    `create role plain login${password}`,
    ...(password ? [`alter role postgres${password}`] : []),
    'create extension pg_stat_statements',
  ]);
  await runSingleUser({ programs, runAs, folder, database: 'postgres' }, [
    'create extension pg_stat_statements',
    ...databases.map((database) => `create database "${database.replaceAll('"', '""')}"`),
  ]);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Backends and helpers of a postmaster that is gone: they end by themselves after their statement, at the latest by force. */
async function endOrphans(folder: string): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (processesIn(folder).length > 0 && performance.now() < deadline) await sleep(20);
  for (const { pid } of processesIn(folder)) sendSignal(pid, 'SIGKILL');
  while (processesIn(folder).length > 0) await sleep(20);
}
