import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FetchOptions } from '../fetching/maven-artifacts.js';
import { exchange } from '../process/exchange.js';
import { inFolder } from '../process/folder.js';
import { onPorts } from '../process/free-port.js';
import { startManaged } from '../process/managed-server.js';
import type { ManagedServer, StartOptions } from '../process/managed-server.js';
import { findRedis } from './program.js';
import type { RedisProgram } from './program.js';

export interface RedisOptions extends StartOptions, FetchOptions {
  /** Absent: the installed one, else the packaged one. */
  readonly program?: RedisProgram;
  /** Absent: a temporary one that stop() removes. */
  readonly folder?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Absent: no login is asked. */
  readonly password?: string;
  /** Further settings as in redis.conf; they win. By default nothing is written to disk. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface RedisServer extends ManagedServer {
  /** As the program says: `Redis server v=7.0.15`. */
  readonly version: string;
  /** Holds the password where there is one. */
  readonly url: string;
}

/** Starts a Redis (or Valkey) on 127.0.0.1. Resolves when it answers a PING. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const command = await findRedis(options.program, options);
  const version =
    /^\w+ server v=\S+/.exec(spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout)?.[0] ?? 'unknown';

  const managed = await inFolder(options.folder, 'redis', ({ folder, temporaryFolder }) =>
    onPorts([options.port ?? 0], ([port = 0]) =>
      startManaged(
        {
          server: 'Redis',
          host: '127.0.0.1',
          port,
          command,
          args: [writeConfiguration(folder, port, options)],
          workFolder: folder,
          logFile: `${folder}.log`,
          stopSignal: 'SIGTERM',
          temporaryFolder,
          probe: (signal) => redisAnswers('127.0.0.1', port, signal),
        },
        options,
      ),
    ),
  );
  const login = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
  return Object.assign(managed, { version, url: `redis://${login}127.0.0.1:${managed.port}` });
}

/** Resolves when a Redis answers PING or asks for a login; rejects with its words while it loads its data. */
export async function redisAnswers(host: string, port: number, signal: AbortSignal): Promise<void> {
  const answer = await exchange({
    host,
    port,
    request: Buffer.from('*1\r\n$4\r\nPING\r\n'),
    isComplete: hasLine,
    signal,
  });
  const line = answer.toString('latin1').trim();
  if (line !== '+PONG' && !line.startsWith('-NOAUTH')) throw new Error(`it answers: ${line.slice(0, 100)}`);
}

function hasLine(answer: Buffer): boolean {
  return answer.includes('\r\n');
}

/** In a file, because every user of the machine can read a command line. */
function writeConfiguration(folder: string, port: number, { password, settings = {} }: RedisOptions): string {
  mkdirSync(folder, { recursive: true });
  const all = {
    bind: '127.0.0.1',
    port,
    dir: folder,
    save: '',
    appendonly: 'no',
    daemonize: 'no',
    ...(password === undefined ? {} : { requirepass: password }),
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} ${quoteWhereNeeded(String(value))}\n`);
  const file = join(folder, 'redis.conf');
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return file;
}

/** A value of several words (`replicaof 127.0.0.1 6379`) is several arguments, so only what would break a line is quoted. */
function quoteWhereNeeded(value: string): string {
  return value === '' || /["'\\#]/.test(value) ? JSON.stringify(value) : value;
}
