import { crc32 } from 'node:zlib';
import { valueOf } from '../outgoing.js';
import type { OutgoingRecord, Producer } from '../outgoing.js';

/**
 * A record in a spool file: length and CRC-32 of what follows (4 bytes each, big-endian), length of the head (2 bytes), the
 * head as JSON, the record's value. The head tells what the outbox needs, so that a replay need not decode values.
 */
export function encodeFrame(record: OutgoingRecord): Buffer {
  const { producer, kind, sequence, points, timeMs, isCopy } = record;
  const head: FrameHead = {
    p: producer.name,
    e: producer.entity,
    n: producer.incarnation,
    q: sequence,
    k: kind,
    s: points,
    t: timeMs,
    ...(isCopy && { c: true }),
    ...(kind === 'close' && { x: producer.dropped + producer.droppedBefore }),
  };
  const headBytes = Buffer.from(JSON.stringify(head));
  const value = valueOf(record);
  const frame = Buffer.allocUnsafe(frameOverhead + headBytes.length + value.length);
  frame.writeUInt32BE(frame.length - prefixBytes, 0);
  frame.writeUInt16BE(headBytes.length, prefixBytes);
  headBytes.copy(frame, frameOverhead);
  value.copy(frame, frameOverhead + headBytes.length);
  frame.writeUInt32BE(crc32(frame.subarray(prefixBytes)), 4);
  return frame;
}

export interface DecodedFrames {
  readonly records: OutgoingRecord[];
  /** Bytes at the end that are no whole record: a write that a crash cut short, or damage. What follows damage is lost. */
  readonly damagedBytes: number;
}

/**
 * Reads the records of a spool file. `isInherited`: written by a process that is dead now; what its close records count as
 * dropped then adds to what this process drops.
 */
export function decodeFrames(
  file: Buffer,
  producerOf: (name: string, entity: string, incarnation: number) => Producer,
  context: { readonly nowMs: number; readonly isInherited: boolean },
): DecodedFrames {
  const records: OutgoingRecord[] = [];
  let at = 0;
  while (at + frameOverhead <= file.length) {
    const end = at + prefixBytes + file.readUInt32BE(at);
    if (end > file.length || end < at + frameOverhead) break;
    const content = file.subarray(at + prefixBytes, end);
    if (crc32(content) !== file.readUInt32BE(at + 4)) break;
    const headEnd = 2 + content.readUInt16BE(0);
    const head = JSON.parse(content.toString('utf8', 2, headEnd)) as FrameHead;
    const producer = producerOf(head.p, head.e, head.n);
    if (context.isInherited) producer.droppedBefore = Math.max(producer.droppedBefore, head.x ?? 0);
    records.push({
      producer,
      kind: head.k,
      sequence: head.q,
      points: head.s,
      timeMs: head.t,
      value: content.subarray(headEnd),
      queuedAtMs: context.nowMs,
      dictionary: [],
      isCopy: head.c,
    });
    at = end;
  }
  return { records, damagedBytes: file.length - at };
}

interface FrameHead {
  readonly p: string;
  readonly e: string;
  readonly n: number;
  readonly q: number;
  readonly k: OutgoingRecord['kind'];
  readonly s: number;
  readonly t: number;
  /** A copy of a dictionary record. */
  readonly c?: true;
  /** Of a close record: records dropped by then, those of dictionaries not counted. */
  readonly x?: number;
}

const prefixBytes = 8;
const frameOverhead = prefixBytes + 2;
