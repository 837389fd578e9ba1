import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Where a server keeps its data, beside its log. */
export interface ServerFolder {
  readonly folder: string;
  /** Holds the folder and goes with the server; absent when the caller named the folder. */
  readonly temporaryFolder?: string;
}

/** Starts something in the wanted folder, else in a temporary one, which goes when the start fails and after stop(). */
export async function inFolder<T extends { stop(): Promise<void> }>(
  wanted: string | undefined,
  name: string,
  start: (place: ServerFolder) => Promise<T>,
): Promise<T> {
  if (wanted !== undefined) {
    const folder = resolve(wanted);
    mkdirSync(dirname(folder), { recursive: true });
    return start({ folder });
  }
  const temporaryFolder = mkdtempSync(join(tmpdir(), `omninode-${name}-`));
  const remove = () => rm(temporaryFolder, { recursive: true, force: true });
  try {
    const started = await start({ folder: join(temporaryFolder, 'data'), temporaryFolder });
    const stop = started.stop.bind(started);
    return Object.assign(started, { stop: () => stop().then(remove) });
  } catch (error) {
    await remove();
    throw error;
  }
}
