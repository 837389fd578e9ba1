import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errors } from '../errors.js';
import { isSameProcess } from '../process/process-table.js';
import type { ProcessIdentity } from '../process/process-table.js';
import type { Address } from './answers.js';
import { serviceNames } from './service.js';
import type { ServiceName, StartedService } from './service.js';

/** What `up` wrote down about a service, so that a later command can ask it and end it, and nothing else. */
export interface ServiceNote {
  readonly name: ServiceName;
  readonly url: string;
  readonly addresses: readonly Address[];
  readonly servers: readonly {
    readonly process: ProcessIdentity;
    readonly stopSignal: NodeJS.Signals;
    readonly logFile: string;
  }[];
  /** Of the machine's present run; pids and their start times mean nothing after the next boot. Absent on macOS. */
  readonly boot?: string;
  readonly startedAt: string;
}

/** Written before the servers are let go, so that there is never a server that nobody knows. */
export async function writeNote(dataFolder: string, name: ServiceName, started: StartedService): Promise<ServiceNote> {
  const { url, addresses, servers } = started;
  const note: ServiceNote = {
    name,
    url,
    addresses,
    servers: servers.map(({ identity, stopSignal, logFile }) => ({ process: identity, stopSignal, logFile })),
    boot: bootId(),
    startedAt: new Date().toISOString(),
  };
  await mkdir(dataFolder, { recursive: true });
  const file = noteFile(dataFolder, name);
  await writeFile(`${file}.new`, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return note;
}

/** Absent when the service was not started from this data folder, or was taken down. */
export async function readNote(dataFolder: string, name: ServiceName): Promise<ServiceNote | undefined> {
  const file = noteFile(dataFolder, name);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ServiceNote;
  } catch (cause) {
    throw errors.NOTE_UNREADABLE({ file }, cause);
  }
}

/** Of all services that are up, in the order in which they were started. */
export async function readNotes(dataFolder: string): Promise<readonly ServiceNote[]> {
  const files = existsSync(dataFolder) ? await readdir(dataFolder) : [];
  const names = serviceNames.filter((name) => files.includes(`${name}.json`));
  const notes = await Promise.all(names.map((name) => readNote(dataFolder, name)));
  return notes.filter((note) => note !== undefined).toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

export async function removeNote(dataFolder: string, name: ServiceName): Promise<void> {
  await rm(noteFile(dataFolder, name), { force: true });
}

/** The servers of a note that still run: the same processes, not later ones with their pids. */
export function runningServers({ boot, servers }: ServiceNote): ServiceNote['servers'] {
  return boot === bootId() ? servers.filter((server) => isSameProcess(server.process)) : [];
}

function noteFile(dataFolder: string, name: ServiceName): string {
  return join(dataFolder, `${name}.json`);
}

function bootId(): string | undefined {
  const file = '/proc/sys/kernel/random/boot_id';
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
