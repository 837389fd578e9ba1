import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gauge } from '@omninode/contracts';
import { newCounts } from '../counts.js';
import type { OutgoingRecord } from '../outgoing.js';
import { Producers } from '../producers.js';
import { SeriesTable } from '../series-table.js';
import { openFirstFree } from '../spool/spool-folders.js';
import type { Spool, SpoolOptions } from '../spool/spool.js';
import { Writer } from '../writer.js';

const timeMs = Date.UTC(2026, 0);
export const everything = { records: Infinity, bytes: Infinity };
const used = gauge('connections', 'In use.', ['pool']);

/** Spools in a directory of their own. */
export class SpoolRig {
  readonly directory = mkdtempSync(join(tmpdir(), 'spool-'));
  counts = newCounts();
  producers = new Producers();
  readonly opened: Spool[] = [];

  options(options: { maxBytes?: number; segmentBytes?: number } = {}): SpoolOptions {
    const { counts, producers } = this;
    return { maxBytes: 1_000_000, segmentBytes: 100_000, counts, producers, now: () => timeMs, ...options };
  }

  async open(options: { maxBytes?: number; segmentBytes?: number } = {}): Promise<Spool> {
    const spool = await openFirstFree(this.directory, this.options(options));
    this.opened.push(spool);
    return spool;
  }

  /** Opens as the next process would: its counts and producers are new. */
  async reopen(spool: Spool): Promise<Spool> {
    await spool.close();
    this.counts = newCounts();
    this.producers = new Producers();
    return this.open();
  }

  /** Records of a real writer: pass n has the value n. */
  recordsOf(passes: number, name = 'database/orders-db', pools = 1): OutgoingRecord[] {
    const records: OutgoingRecord[] = [];
    const table = new SeriesTable({}, 1_000);
    const producer = this.producers.get(name, 'orders-db', 1);
    const options = { maxRecordBytes: 100_000, dictionaryIntervalMs: 60_000, now: () => timeMs };
    const writer = new Writer(producer, table, (record) => records.push(record), newCounts(), options);
    for (let pass = 1; pass <= passes; pass++) {
      for (let pool = 0; pool < pools; pool++) {
        writer.point(writer.series('omninode_used', used, [`pool-${pool}`]), pass);
      }
      writer.publish(timeMs + pass);
    }
    return records;
  }

  segmentFiles(folder = '0'): string[] {
    return readdirSync(join(this.directory, folder)).filter((name) => name.endsWith('.segment'));
  }

  async remove(): Promise<void> {
    await Promise.all(this.opened.map((spool) => spool.close()));
    rmSync(this.directory, { recursive: true });
  }
}

export async function drain(spool: Spool, limit = everything): Promise<OutgoingRecord[]> {
  const drained: OutgoingRecord[] = [];
  while (!spool.isEmpty) {
    const batch = await spool.head(limit);
    drained.push(...batch);
    await spool.advance(batch.length);
  }
  return drained;
}

export function identitiesOf(records: readonly OutgoingRecord[]): string[] {
  return records.map(
    ({ producer, sequence, kind, isCopy }) => `${producer.name}#${sequence} ${kind}${isCopy ? ' copy' : ''}`,
  );
}
