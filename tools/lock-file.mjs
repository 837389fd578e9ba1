// A lock between processes of one machine, as a file that holds the process id of its owner. Clean for Node 18.
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves with the function that gives the lock back. `onWait` hears once which process holds it. */
export async function takeLock(path, onWait) {
  for (let waits = 0; !tryLock(path); waits++) {
    const holder = holderOf(path);
    if (holder !== undefined && !isRunning(holder)) removeStale(path);
    else if (waits === 0 && holder !== undefined) onWait(holder);
    await sleep(100);
  }
  return () => {
    if (holderOf(path) === process.pid) rmSync(path, { force: true });
  };
}

/** A link appears with its content, so no reader ever sees a lock without its owner. */
function tryLock(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * A lock whose process is gone is nobody's. Of several that see it, one may take it away, under a lock of its own, and looks
 * again: it may be a new one by now.
 */
function removeStale(path) {
  const removal = `${path}.removal`;
  if (!tryLock(removal)) return;
  try {
    const holder = holderOf(path);
    if (holder !== undefined && !isRunning(holder)) rmSync(path, { force: true });
  } finally {
    rmSync(removal, { force: true });
  }
}

/** `undefined`: nobody holds it. */
function holderOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
