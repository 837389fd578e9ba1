import type { Producer } from '../outgoing.js';

/** What a producer lost, for the process that comes after this one: a number of records, then dictionary sequences. */
export type SavedDrops = readonly [records: number, ...dictionaries: number[]];

export function dropsToSave({ dropped, droppedBefore, droppedDictionaries }: Producer): SavedDrops {
  return [dropped + droppedBefore, ...droppedDictionaries];
}

/** Takes over what a process that is dead now had counted; the same may be told more than once. */
export function inheritDrops(producer: Producer, [records, ...dictionaries]: SavedDrops): void {
  producer.droppedBefore = Math.max(producer.droppedBefore, records);
  for (const sequence of dictionaries) producer.droppedDictionaries.add(sequence);
}
