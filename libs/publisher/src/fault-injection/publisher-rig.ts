import { gauge } from '@omninode/contracts';
import { expect } from 'vitest';
import type { AcknowledgedRecord, PublisherOptions } from '../options.js';
import { createPublisher } from '../publisher.js';
import type { Publisher } from '../publisher.js';
import { FaultyBus } from './faulty-bus.js';
import { StreamReader } from './stream-reader.js';

export const timeMs = Date.UTC(2026, 0);
const used = gauge('connections', 'In use.', ['pool']);

/** A publisher on a faulty bus. Pass n of a writer has the value n. */
export class PublisherRig {
  bus = new FaultyBus();
  publisher!: Publisher;
  acknowledged: AcknowledgedRecord[] = [];
  problems: string[] = [];
  private readonly started: Publisher[] = [];

  start(options: Partial<PublisherOptions> = {}): Publisher {
    const acknowledged: AcknowledgedRecord[] = (this.acknowledged = []);
    const problems: string[] = (this.problems = []);
    this.publisher = createPublisher({
      bus: this.bus,
      topic: 'measurement',
      lingerMs: 5,
      firstPauseMs: 2,
      maxPauseMs: 10,
      onAcknowledged: (record) => acknowledged.push(record),
      onProblem: (error) => problems.push((error as Error).name),
      ...options,
    });
    this.started.push(this.publisher);
    return this.publisher;
  }

  open(target = 'orders-db', incarnation = 1, publisher = this.publisher) {
    const identity = { producer: `database/${target}`, entity: target, incarnation, labels: { target } };
    const writer = publisher.open(identity);
    let pass = 0;
    return {
      writer,
      write(times = 1, pools = 1): void {
        for (let nth = 0; nth < times; nth++) {
          pass += 1;
          for (let pool = 0; pool < pools; pool++) {
            writer.point(writer.series('omninode_used', used, [`pool-${pool}`]), pass);
          }
          writer.publish(timeMs + pass);
        }
      },
    };
  }

  /** What readers of the topic get, which must be readable without a problem. */
  readBack(records = this.bus.log): StreamReader {
    const stream = new StreamReader().readAll(records);
    expect(stream.problems).toEqual([]);
    return stream;
  }

  async stop(): Promise<void> {
    await Promise.all(this.started.splice(0).map((publisher) => publisher.close(0)));
  }
}

export function valuesOf(stream: StreamReader, target = 'orders-db'): number[] {
  return (stream.values.get(`omninode_used{target=${target},pool=pool-0}`) ?? []).map(([, slots]) => slots[0]!);
}

export function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, nth) => nth + 1);
}
