import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errors } from '../errors.js';
import { postgresAnswers } from '../postgres/answers.js';
import type { PostgresRole, PostgresServer } from '../postgres/postgres.js';
import { findProgram } from '../process/find-program.js';
import { inFolder } from '../process/folder.js';
import { onPorts } from '../process/free-port.js';
import { startManaged } from '../process/managed-server.js';
import type { ManagedServer, StartOptions } from '../process/managed-server.js';
import { chooseUnprivileged, giveTo } from '../process/unprivileged.js';
import type { Missing } from '../missing.js';

export interface PgBouncerOptions extends StartOptions {
  /** Absent: a temporary one that stop() removes. */
  readonly folder?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Lines of [databases] by name; `*` is always there and passes every name on to the server. */
  readonly databases?: Readonly<Record<string, string>>;
  /** Further settings of [pgbouncer]; they win. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** What PgBouncer needs to know of the server behind it; a started one has all of it. */
export type PooledServer = Pick<PostgresServer, 'host' | 'port' | 'options'>;

export interface PgBouncerServer extends ManagedServer {
  /** For tests of RELOAD. */
  readonly iniFile: string;
  /** A connection through the pool. */
  url(role?: PostgresRole, database?: string): string;
  /** The console: `monitor` may look (SHOW …), `admin` may change. */
  consoleUrl(role?: 'admin' | 'monitor'): string;
}

/** Starts a PgBouncer in front of a server, with that server's roles and password. Resolves when its console takes logins. */
export async function startPgBouncer(server: PooledServer, options: PgBouncerOptions = {}): Promise<PgBouncerServer> {
  const missing = missingPgBouncer();
  if (missing) throw errors.SERVER_NOT_AVAILABLE({ server: 'PgBouncer', ...missing });
  const command = findProgram('pgbouncer') as string;

  return inFolder(options.folder, 'pgbouncer', async ({ folder, temporaryFolder }) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const iniFile = join(folder, 'pgbouncer.ini');
    const runAs = chooseUnprivileged('PgBouncer', command, temporaryFolder ?? folder);
    const managed = await onPorts([options.port ?? 0], async ([port = 0]) => {
      writeFileSync(iniFile, configuration(server, folder, port, options), { mode: 0o600 });
      writeFileSync(join(folder, 'users.txt'), users(server), { mode: 0o600 });
      await giveTo(runAs, temporaryFolder ?? folder);
      return startManaged(
        {
          server: 'PgBouncer',
          host: '127.0.0.1',
          port,
          command,
          args: [iniFile],
          runAs,
          workFolder: folder,
          logFile: `${folder}.log`,
          stopSignal: 'SIGTERM',
          temporaryFolder,
          probe: (signal) => postgresAnswers('127.0.0.1', port, signal, { user: 'monitor', database: 'pgbouncer' }),
        },
        options,
      );
    });
    const urlOf = (user: string, database: string) =>
      `postgres://${user}${loginOf(server)}@127.0.0.1:${managed.port}/${encodeURIComponent(database)}`;
    return Object.assign(managed, {
      iniFile,
      url: (role: PostgresRole = 'postgres', database = 'postgres') => urlOf(role, database),
      consoleUrl: (role: 'admin' | 'monitor' = 'monitor') => urlOf(role, 'pgbouncer'),
    });
  });
}

/** Why PgBouncer can't be started here; absent when it can. */
export function missingPgBouncer(): Missing | undefined {
  if (findProgram('pgbouncer')) return undefined;
  const remedy =
    'On Debian or Ubuntu: apt-get install --no-install-recommends pgbouncer; on macOS: brew install pgbouncer.';
  return { reason: 'pgbouncer is not installed', remedy };
}

function configuration(server: PooledServer, folder: string, port: number, options: PgBouncerOptions): string {
  const target = `host=${server.host} port=${server.port}`;
  const databases = { '*': target, ...options.databases };
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: passwordOf(server) === undefined ? 'trust' : 'scram-sha-256',
    auth_file: join(folder, 'users.txt'),
    admin_users: 'admin',
    stats_users: 'monitor',
    pool_mode: 'transaction',
    default_pool_size: 5,
    // What drivers send at the start; without these PgBouncer refuses the connection.
    ignore_startup_parameters:
      'extra_float_digits,statement_timeout,lock_timeout,idle_in_transaction_session_timeout,options',
    ...options.settings,
  };
  return section('databases', databases) + section('pgbouncer', settings);
}

function section(name: string, values: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}\n`);
  return `[${name}]\n${lines.join('')}`;
}

/** Plain passwords: PgBouncer needs them to log in to the server by SCRAM. */
function users(server: PooledServer): string {
  return ['postgres', 'omninode', 'plain', 'admin', 'monitor']
    .map((user) => `${quote(user)} ${quote(passwordOf(server) ?? '')}\n`)
    .join('');
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function passwordOf({ options: { authentication = 'trust' } }: PooledServer): string | undefined {
  return authentication === 'trust' ? undefined : authentication.password;
}

function loginOf(server: PooledServer): string {
  const password = passwordOf(server);
  return password === undefined ? '' : `:${encodeURIComponent(password)}`;
}
