import { droppedOf, newProducer } from './outgoing.js';
import type { Producer } from './outgoing.js';

/** The producers of a process: those of its writers, and those of records that dead processes left in a spool. */
export class Producers {
  private readonly byName = new Map<string, Map<number, Producer>>();

  get(name: string, entity: string, incarnation: number): Producer {
    let incarnations = this.byName.get(name);
    if (!incarnations) this.byName.set(name, (incarnations = new Map()));
    let producer = incarnations.get(incarnation);
    if (!producer) incarnations.set(incarnation, (producer = newProducer(name, entity, incarnation)));
    return producer;
  }

  /** Those of which records were dropped. */
  withDrops(): Producer[] {
    const all = [...this.byName.values()].flatMap((incarnations) => [...incarnations.values()]);
    return all.filter((producer) => droppedOf(producer) > 0);
  }
}
