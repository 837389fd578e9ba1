import { errors } from '../errors.js';
import { inFolder } from '../process/folder.js';
import { onPorts } from '../process/free-port.js';
import { startManaged } from '../process/managed-server.js';
import type { ManagedServer, StartOptions } from '../process/managed-server.js';
import { chooseUnprivileged, giveTo } from '../process/unprivileged.js';
import type { RunAs } from '../process/unprivileged.js';
import { postgresAnswers } from './answers.js';
import { dataVersion, ensureDataFolder, recoverFolder } from './data-folder.js';
import type { NewDataFolder } from './data-folder.js';
import { findPrograms } from './programs.js';
import type { PostgresPrograms, PostgresVersion } from './programs.js';

export interface PostgresOptions extends StartOptions {
  /** Default 18. */
  readonly version?: PostgresVersion;
  /** The data folder; made on first use, kept by stop(). Absent: a temporary one that stop() removes. */
  readonly folder?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /**
   * `trust` (default): no password is asked. A password: all three roles log in with it by SCRAM.
   * Holds from the making of the data folder on; a later start does not change it.
   */
  readonly authentication?: NewDataFolder['authentication'];
  /** Databases to make beside `postgres` with the data folder. */
  readonly databases?: readonly string[];
  /** Default: PostgreSQL's 100. */
  readonly maxConnections?: number;
  /** Loads auto_explain beside pg_stat_statements. Default false. */
  readonly autoExplain?: boolean;
  /** Further settings, as in postgresql.conf; they win over those of this lib. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** `postgres`: superuser. `omninode`: member of pg_monitor. `plain`: may log in, nothing else. */
export type PostgresRole = 'postgres' | 'omninode' | 'plain';

export interface PostgresServer extends ManagedServer {
  readonly version: PostgresVersion;
  readonly dataFolder: string;
  /** Default: the superuser's, in database `postgres`. Holds the password where there is one. */
  url(role?: PostgresRole, database?: string): string;
  /** What it was started with and where it is, for a replica of it. */
  readonly options: PostgresOptions;
  readonly place: Place;
}

/** Starts a real PostgreSQL on 127.0.0.1 with pg_stat_statements and three roles. Resolves when it takes connections. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { version = 18, authentication = 'trust', databases = [] } = options;
  return inPlace(version, options.folder, async (place) => {
    await ensureDataFolder({ ...place, folder: place.dataFolder, authentication, databases });
    return servePlace(place, options);
  });
}

/** What belongs to one server on this machine: its programs, as whom they run, and where its data is. */
export interface Place {
  readonly server: string;
  readonly programs: PostgresPrograms;
  readonly runAs: RunAs;
  readonly dataFolder: string;
  readonly temporaryFolder?: string;
}

/** Finds a place for a server's data and starts something there; without a folder in a temporary one. */
export async function inPlace<T extends { stop(): Promise<void> }>(
  version: PostgresVersion,
  wanted: string | undefined,
  start: (place: Place) => Promise<T>,
): Promise<T> {
  const server = `PostgreSQL ${version}`;
  const programs = await findPrograms(version);
  return inFolder(wanted, 'postgres', async ({ folder, temporaryFolder }) => {
    const runAs = chooseUnprivileged(server, programs.postgres, folder);
    if (temporaryFolder) await giveTo(runAs, temporaryFolder);
    return start({ server, programs, runAs, dataFolder: folder, temporaryFolder });
  });
}

/** Serves the data that is in a place. */
export async function servePlace(place: Place, options: PostgresOptions): Promise<PostgresServer> {
  const { server, programs, runAs, dataFolder, temporaryFolder } = place;
  const { version = 18, authentication = 'trust' } = options;
  await giveTo(runAs, dataFolder);
  assertVersion(dataFolder, version);

  const managed = await onPorts([options.port ?? 0], ([port = 0]) =>
    startManaged(
      {
        server,
        host: '127.0.0.1',
        port,
        command: programs.postgres,
        args: ['-D', dataFolder, '-p', String(port), ...settingArguments(options)],
        runAs,
        workFolder: dataFolder,
        logFile: `${dataFolder}.log`,
        stopSignal: 'SIGINT', // a fast shutdown: sessions are ended, data is written out
        temporaryFolder,
        beforeStart: () => recoverFolder(dataFolder),
        probe: (signal) => postgresAnswers('127.0.0.1', port, signal),
      },
      options,
    ),
  );
  const login = authentication === 'trust' ? '' : `:${encodeURIComponent(authentication.password)}`;
  const url = (role: PostgresRole = 'postgres', database = 'postgres') =>
    `postgres://${role}${login}@127.0.0.1:${managed.port}/${encodeURIComponent(database)}`;
  return Object.assign(managed, { version, dataFolder, url, options, place });
}

/** Settings for a server that is born quickly, stays small and may be killed, but not for a power cut: nothing is fsynced. */
function settingArguments({
  maxConnections = 100,
  autoExplain = false,
  settings = {},
}: PostgresOptions): readonly string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_preload_libraries: autoExplain ? 'pg_stat_statements,auto_explain' : 'pg_stat_statements',
    max_connections: maxConnections,
    shared_buffers: '16MB',
    fsync: 'off',
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function assertVersion(folder: string, version: PostgresVersion): void {
  const [found, wanted] = [dataVersion(folder), Number(String(version).replace('debian-', ''))];
  if (found !== wanted) throw errors.FOLDER_OF_OTHER_VERSION({ folder, found, wanted });
}
