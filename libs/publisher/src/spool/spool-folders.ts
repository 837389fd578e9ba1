import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@omninode/contracts';
import { publisherErrors } from '../errors.js';
import { Spool } from './spool.js';
import type { SpoolOptions } from './spool.js';
import { lockSpool } from './spool-lock.js';

/** Opens the first folder `<directory>/<n>` that no living process has, with what a dead one may have left in it. */
export async function openFirstFree(directory: string, options: SpoolOptions): Promise<Spool> {
  for (let number = 0; number < mostFolders; number++) {
    const folder = join(directory, String(number));
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw publisherErrors.SPOOL_UNAVAILABLE({ folder, detail: errorCode(error) }, error);
    });
    const spool = await openUnlessHeld(folder, options);
    if (spool) return spool;
  }
  throw publisherErrors.SPOOL_UNAVAILABLE({ folder: directory, detail: `${mostFolders} folders are in use` });
}

/**
 * Opens the spools that dead processes left beside our own. The folders of empty ones stay: one may be locked by another
 * process at any moment.
 */
export async function openOrphans(directory: string, options: SpoolOptions): Promise<Spool[]> {
  const names = (await readdir(directory)).filter((name) => /^\d+$/.test(name));
  const orphans: Spool[] = [];
  for (const name of names) {
    const spool = await openUnlessHeld(join(directory, name), options);
    if (spool && !spool.isEmpty) orphans.push(spool);
    else await spool?.close();
  }
  return orphans;
}

async function openUnlessHeld(folder: string, options: SpoolOptions): Promise<Spool | null> {
  const lock = await lockSpool(folder);
  if (!lock) return null;
  try {
    return await Spool.open(folder, lock, options);
  } catch (error) {
    lock.release();
    throw publisherErrors.SPOOL_UNAVAILABLE({ folder, detail: errorCode(error) }, error);
  }
}

const mostFolders = 1_000;
