import { rm, readFile } from 'node:fs/promises';
import { errorCode } from '@omninode/contracts';
import { countUp } from '../counts.js';
import type { Counts } from '../counts.js';
import { publisherErrors } from '../errors.js';
import type { Store } from '../spill.js';
import { dropRecord } from '../outgoing.js';
import type { OutgoingRecord } from '../outgoing.js';
import type { Producers } from '../producers.js';
import { bytesOf, fitting } from '../record-queue.js';
import type { BatchLimit } from '../record-queue.js';
import { decodeFrames } from './frame.js';
import { SegmentWriter } from './segment-writer.js';
import { listSegments, loadDrops, removeDrops, saveDrops, segmentPath } from './spool-files.js';
import type { Segment } from './spool-files.js';
import type { SpoolLock } from './spool-lock.js';

export interface SpoolOptions {
  /** Most that the folder holds, bytes. Beyond it the oldest segment goes, unless it is being replayed. */
  readonly maxBytes: number;
  /** A segment is ended when it is this large, bytes. */
  readonly segmentBytes: number;
  readonly counts: Counts;
  readonly producers: Producers;
  now(): number;
}

/**
 * Records on disk, in order: appended at the end, replayed from the beginning, a segment deleted when all of it is settled.
 * It survives the death of the process at any moment, not the loss of the machine's power: it is not forced to the disk.
 * A process that starts again replays a segment from its beginning; readers skip what they have seen.
 */
export class Spool implements Store {
  private current: SegmentWriter | null = null;
  /** The first segments, as far as they are being replayed. */
  private readonly loaded: LoadedSegment[] = [];
  private lane: Promise<unknown> = Promise.resolve();
  private lastNumber: number;
  private closed = false;

  private constructor(
    readonly folder: string,
    private readonly lock: SpoolLock,
    private readonly segments: Segment[],
    private readonly options: SpoolOptions,
  ) {
    this.lastNumber = segments.at(-1)?.number ?? 0;
  }

  /** Opens a folder that this process has locked, with what a dead process left there. */
  static async open(folder: string, lock: SpoolLock, options: SpoolOptions): Promise<Spool> {
    const segments = await listSegments(folder);
    await loadDrops(folder, options.producers);
    return new Spool(folder, lock, segments, options);
  }

  get isEmpty(): boolean {
    return this.segments.length === 0 && (this.current?.records ?? 0) === 0;
  }

  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, this.current?.bytes ?? 0);
  }

  get unsettled(): number {
    return this.segments.reduce((sum, { unsettled }) => sum + unsettled, this.current?.records ?? 0);
  }

  append(records: readonly OutgoingRecord[]): Promise<void> {
    return this.inTurn(async () => {
      this.current ??= this.nextSegment();
      const frames = this.current.frame(records);
      await this.makeRoom(frames.content.length);
      await this.current.write(frames);
      if (this.current.bytes >= this.options.segmentBytes) await this.seal();
    });
  }

  /** Reaches into the next segments: a record that is refused is only found out in company. */
  head(limit: BatchLimit): Promise<readonly OutgoingRecord[]> {
    return this.inTurn(async () => {
      const batch: OutgoingRecord[] = [];
      for (let nth = 0; batch.length < limit.records && bytesOf(batch) < limit.bytes; nth++) {
        const part = this.loaded[nth] ?? (this.mayLoad() ? await this.loadNext() : null);
        if (!part) break;
        batch.push(...part.records.slice(part.position, part.position + limit.records));
      }
      return batch.slice(0, fitting(batch, 0, limit));
    });
  }

  advance(count: number): Promise<void> {
    return this.inTurn(async () => {
      if (this.closed) return;
      let left = count;
      for (let part = this.loaded[0]; part && left > 0; part = this.loaded[0]) {
        const { segment, records, position } = part;
        const settled = Math.min(left, records.length - position);
        segment.unsettled -= withoutCopies(records.slice(position, position + settled));
        part.position += settled;
        left -= settled;
        if (part.position < records.length) return;
        await this.remove(segment.path);
        this.loaded.shift();
        this.segments.shift();
      }
      if (this.isEmpty) await removeDrops(this.folder).catch((error: unknown) => this.countFailure(error));
    });
  }

  /** Ends writing and lets the folder go. What is in it waits for the next process. */
  close(): Promise<void> {
    return this.inTurn(async () => {
      if (this.closed) return;
      this.closed = true;
      await this.seal();
      if (!this.isEmpty) await this.saveDrops();
      this.lock.release();
    });
  }

  /** One at a time: a segment must not be read while it is written. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.lane.then(work);
    this.lane = turn.catch(errorCode);
    return turn;
  }

  private nextSegment(): SegmentWriter {
    if (this.closed) throw publisherErrors.SPOOL_UNAVAILABLE({ folder: this.folder, detail: 'closed' });
    this.lastNumber += 1;
    return new SegmentWriter(segmentPath(this.folder, this.lastNumber));
  }

  /** Ends the segment that is written, so that it can be read. In one step, or the spool would seem empty in between. */
  private async seal(): Promise<void> {
    const { current } = this;
    if (!current) return;
    this.current = null;
    const { path, bytes, records } = current;
    if (records > 0)
      this.segments.push({ number: this.lastNumber, path, bytes, unsettled: records, isInherited: false });
    await current.close().catch((error: unknown) => this.countFailure(error));
    if (records === 0) await this.remove(path);
  }

  /** Segments that are replayed are in memory, and a full spool spares them. */
  private mayLoad(): boolean {
    return this.loaded.reduce((sum, { segment }) => sum + segment.bytes, 0) < this.options.segmentBytes;
  }

  /** Reads the next segment that has a record. One that has none is removed, one that can't be read is left where it is. */
  private async loadNext(): Promise<LoadedSegment | null> {
    const nth = this.loaded.length;
    if (this.segments.length === nth) await this.seal();
    for (let segment = this.segments[nth]; segment; segment = this.segments[nth]) {
      const records = await this.read(segment);
      if (records && records.length > 0) {
        segment.unsettled = withoutCopies(records);
        const part = { segment, records, position: 0 };
        this.loaded.push(part);
        return part;
      }
      this.segments.splice(nth, 1);
      if (records) await this.remove(segment.path);
      else countUp(this.options.counts.dropped, 'SPOOL_UNREADABLE', segment.unsettled);
    }
    return null;
  }

  private async read({ path, isInherited }: Segment): Promise<OutgoingRecord[] | null> {
    const { producers, counts, now } = this.options;
    try {
      const file = await readFile(path);
      const producerOf = producers.get.bind(producers);
      const { records, damagedBytes } = decodeFrames(file, producerOf, { nowMs: now(), isInherited });
      counts.damagedSpoolBytes += damagedBytes;
      return records;
    } catch (error) {
      this.countFailure(publisherErrors.SPOOL_UNREADABLE({ file: path, detail: errorCode(error) }, error));
      return null;
    }
  }

  private async makeRoom(bytes: number): Promise<void> {
    const { maxBytes, counts } = this.options;
    while (this.bytes + bytes > maxBytes) {
      const [oldest] = this.segments.splice(this.loaded.length, 1);
      if (!oldest) throw publisherErrors.SPOOL_OVERFLOW({ folder: this.folder, bytes: maxBytes });
      const records = (await this.read(oldest)) ?? [];
      for (const record of records) dropRecord(record);
      countUp(counts.dropped, 'SPOOL_OVERFLOW', Math.max(withoutCopies(records), oldest.unsettled));
      await this.remove(oldest.path);
      await this.saveDrops();
    }
  }

  private async remove(path: string): Promise<void> {
    await rm(path, { force: true }).catch((error: unknown) => this.countFailure(error));
  }

  private async saveDrops(): Promise<void> {
    await saveDrops(this.folder, this.options.producers).catch((error: unknown) => this.countFailure(error));
  }

  private countFailure(error: unknown): void {
    countUp(this.options.counts.failures, errorCode(error));
  }
}

interface LoadedSegment {
  readonly segment: Segment;
  readonly records: readonly OutgoingRecord[];
  /** Records before it are settled. */
  position: number;
}

function withoutCopies(records: readonly OutgoingRecord[]): number {
  return records.filter(({ isCopy }) => !isCopy).length;
}
