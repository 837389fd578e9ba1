import { join } from 'node:path';
import { errors } from '../errors.js';
import { isPortFree } from '../process/free-port.js';
import { answers } from './answers.js';
import { takeDown } from './down.js';
import { readNote, runningServers, writeNote } from './note.js';
import type { ServiceNote } from './note.js';
import type { ServiceName, ServiceStart } from './service.js';
import { servePostgres, services } from './services.js';

export interface Up {
  readonly dataFolder: string;
  readonly mavenRepository?: string;
  readonly signal: AbortSignal;
}

export interface UpResult {
  readonly note: ServiceNote;
  /** Absent when it was up before. */
  readonly tookMs?: number;
}

/** Brings services up in the given order, each after what it needs. One that answers already is left as it is. */
export async function* bringUp(names: readonly ServiceName[], up: Up): AsyncGenerator<UpResult> {
  for (const name of withNeeds(names)) {
    const before = await readNote(up.dataFolder, name);
    const isUp = before !== undefined && (await assertNotStuck(before));
    yield isUp ? { note: before } : await start(name, up);
  }
}

async function start(name: ServiceName, up: Up): Promise<UpResult> {
  const missing = services[name].missing();
  if (missing) throw errors.SERVER_NOT_AVAILABLE({ server: name, ...missing });
  const startedAtMs = performance.now();
  const started = await services[name].start(startOf(name, up));
  if (started.postgres) await writeNote(up.dataFolder, 'postgres', started.postgres);
  const note = await writeNote(up.dataFolder, name, started);
  // Let go only when it is written down: a server that nobody knows could never be ended by `down`.
  for (const server of [...started.servers, ...(started.postgres?.servers ?? [])]) server.detach();
  return { note, tookMs: performance.now() - startedAtMs };
}

function startOf(name: ServiceName, up: Up): ServiceStart {
  const addressOf = async (needed: ServiceName) => {
    const [address] = (await readNote(up.dataFolder, needed))?.addresses ?? [];
    if (!address) throw errors.SERVICE_DOWN({ name: needed });
    return address;
  };
  return {
    folder: folderOf(name, up),
    signal: up.signal,
    mavenRepository: up.mavenRepository,
    preferPort: async (port) => ((await isPortFree('127.0.0.1', port)) ? port : 0),
    addressOf,
    takeOverPostgres: async () => {
      const { port } = await addressOf('postgres');
      await takeDown(up.dataFolder, 'postgres');
      return servePostgres(18, folderOf('postgres', up), port, up.signal);
    },
  };
}

function folderOf(name: ServiceName, { dataFolder }: Up): string {
  return join(dataFolder, name, 'data');
}

/** Whether it answers. Something that runs and does not answer is for a person to look at, not to be started twice. */
async function assertNotStuck(note: ServiceNote): Promise<boolean> {
  const [running] = runningServers(note);
  if (!running) return false;
  try {
    await Promise.all(note.addresses.map(answers));
    return true;
  } catch (cause) {
    const { name } = note;
    const reason = (cause as Error).message;
    throw errors.SERVICE_STUCK({ name, pid: running.process.pid, reason, logFile: running.logFile }, cause);
  }
}

function withNeeds(names: readonly ServiceName[]): readonly ServiceName[] {
  return [...new Set(names.flatMap((name) => [...withNeeds(services[name].needs), name]))];
}
