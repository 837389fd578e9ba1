import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errorCode } from '@omninode/contracts';
import { publisherErrors } from '../errors.js';
import type { OutgoingRecord, Producer } from '../outgoing.js';
import { encodeFrame } from './frame.js';

/**
 * The segment that is written. Each segment can be read without those before it: the dictionary records that data needs
 * are copied into it first, with the sequence numbers that they had. A reader that has seen them skips them.
 */
export class SegmentWriter {
  /** Records in it, copies not counted. */
  records = 0;
  bytes = 0;
  /** How many series of each producer a reader of this segment knows. */
  private known = new Map<Producer, number>();
  private handle: FileHandle | null = null;

  constructor(readonly path: string) {}

  /** The frames of the records, with copies where they are needed, and what a reader knows after them. */
  frame(records: readonly OutgoingRecord[]): Frames {
    const known = new Map(this.known);
    const frames: Buffer[] = [];
    for (const record of records) {
      for (const copy of missingDictionary(record, known.get(record.producer) ?? 0)) frames.push(encodeFrame(copy));
      if (record.dictionary.length > 0)
        known.set(record.producer, Math.max(known.get(record.producer) ?? 0, record.dictionary.at(-1)!.to));
      frames.push(encodeFrame(record));
    }
    return { content: Buffer.concat(frames), known, records: records.length };
  }

  /** Writes all of it or nothing: what a full disk cut short is cut off again. */
  async write({ content, known, records }: Frames): Promise<void> {
    try {
      this.handle ??= await open(this.path, 'wx');
      await writeAt(this.handle, content, this.bytes);
    } catch (error) {
      // Should this fail too, the next write begins at the same place, and what is left behind it fails its checksum.
      await this.handle?.truncate(this.bytes).catch(errorCode);
      throw publisherErrors.SPOOL_WRITE_FAILED({ file: this.path, detail: errorCode(error) }, error);
    }
    this.bytes += content.length;
    this.records += records;
    this.known = known;
  }

  async close(): Promise<void> {
    await this.handle?.close();
    this.handle = null;
  }
}

export interface Frames {
  readonly content: Buffer;
  readonly known: Map<Producer, number>;
  readonly records: number;
}

async function writeAt(handle: FileHandle, content: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < content.length) {
    const { bytesWritten } = await handle.write(content, written, content.length - written, position + written);
    written += bytesWritten;
  }
}

function missingDictionary(record: OutgoingRecord, known: number): OutgoingRecord[] {
  return record.dictionary
    .filter(({ to, sequence }) => to > known && sequence < record.sequence)
    .map((slice) => ({
      ...record,
      kind: 'dict',
      points: 0,
      sequence: slice.sequence,
      timeMs: slice.timeMs,
      value: slice.encode(),
      dictionary: [],
      isCopy: true,
    }));
}
