import { runStep } from '../process/unprivileged.js';
import type { RunAs } from '../process/unprivileged.js';
import type { PostgresPrograms } from './programs.js';

export interface SingleUserSession {
  readonly programs: PostgresPrograms;
  readonly runAs: RunAs;
  /** The data folder of a server that does not run. */
  readonly folder: string;
  readonly database: string;
}

/**
 * Runs statements as superuser without a server and without a driver. Stops at the first that fails.
 * https://www.postgresql.org/docs/current/app-postgres.html#APP-POSTGRES-SINGLE-USER
 */
export async function runSingleUser(session: SingleUserSession, statements: readonly string[]): Promise<void> {
  const { programs, runAs, folder, database } = session;
  const step = `setting up database ${database}`;
  // With -j a statement ends at a semicolon and an empty line. A failing statement must not reach the log: it may hold a password.
  const settings = ['-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic', '-c', 'fsync=off'];
  const args = ['--single', '-j', '-D', folder, ...settings, database];
  await runStep(runAs, {
    step,
    folder,
    command: programs.postgres,
    args,
    input: statements.map((line) => `${line};\n\n`).join(''),
  });
}
