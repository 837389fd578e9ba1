import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Producer } from '../outgoing.js';
import type { Producers } from '../producers.js';

/** A file of records in a spool folder. The number grows, so the order of the numbers is the order of the records. */
export interface Segment {
  readonly number: number;
  readonly path: string;
  readonly bytes: number;
  /** Records that were not settled, copies not counted; of a dead process' segment 0 until it is read. */
  unsettled: number;
  readonly isInherited: boolean;
}

export function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(8, '0')}${suffix}`);
}

/** The segments that lie in a folder, oldest first: left by a process that is dead now. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(suffix)).toSorted();
  const paths = names.map((name) => join(folder, name));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return paths.map((path, nth) => ({
    number: Number.parseInt(names[nth]!, 10),
    path,
    bytes: sizes[nth]!,
    unsettled: 0,
    isInherited: true,
  }));
}

/** Keeps for the next process what was dropped here: a close record that waits in the spool reports it. */
export async function saveDrops(folder: string, producers: Producers): Promise<void> {
  const drops: SavedDrop[] = producers.withDrops().map((producer: Producer) => {
    const { name, entity, incarnation, dropped, droppedBefore, droppedDictionaries } = producer;
    return { name, entity, incarnation, records: dropped + droppedBefore, dictionaries: [...droppedDictionaries] };
  });
  const path = join(folder, dropsFile);
  await writeFile(`${path}.new`, JSON.stringify(drops));
  await rename(`${path}.new`, path);
}

export async function loadDrops(folder: string, producers: Producers): Promise<void> {
  const path = join(folder, dropsFile);
  if (!existsSync(path)) return;
  for (const { name, entity, incarnation, records, dictionaries } of parseDrops(await readFile(path, 'utf8'))) {
    const producer = producers.get(name, entity, incarnation);
    producer.droppedBefore = Math.max(producer.droppedBefore, records);
    for (const sequence of dictionaries) producer.droppedDictionaries.add(sequence);
  }
}

function parseDrops(text: string): SavedDrop[] {
  try {
    return JSON.parse(text) as SavedDrop[];
  } catch {
    // Only a damaged disk leaves half of it. Then the drops show as missing records instead of reported ones.
    return [];
  }
}

export function removeDrops(folder: string): Promise<void> {
  return rm(join(folder, dropsFile), { force: true });
}

interface SavedDrop {
  readonly name: string;
  readonly entity: string;
  readonly incarnation: number;
  readonly records: number;
  readonly dictionaries: readonly number[];
}

const suffix = '.v1.segment';
const dropsFile = 'dropped.json';
