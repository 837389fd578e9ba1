import type { EventEmitter } from 'node:events';
import { once } from 'node:events';
import type { Socket } from 'node:net';

export type Direction = 'to-server' | 'to-client';

/** The faults of a proxy at this moment. `changed` emits `change` when one was taken away or altered. */
export interface Faults {
  delayMs: Record<Direction, number>;
  readonly stalled: Set<Direction>;
  readonly changed: EventEmitter;
}

/**
 * Passes on what one socket says to the other: bytes in their order, then the end; an error, also a refused connection, as a
 * reset. Each byte is late by the delay, the throughput is not reduced.
 */
export function forward(from: Socket, to: Socket, direction: Direction, faults: Faults): void {
  const queue: { bytes: Buffer | 'end'; arrivedAtMs: number }[] = [];
  const closed = new AbortController();
  let queuedBytes = 0;
  let isPassing = false;

  const take = (bytes: Buffer | 'end') => {
    queue.push({ bytes, arrivedAtMs: performance.now() });
    queuedBytes += bytes.length;
    // Beyond this the sender's own buffers fill, as they would in front of a real black hole.
    if (queuedBytes > maxQueuedBytes) from.pause();
    if (!isPassing) void pass();
  };
  from.on('data', take);
  from.on('end', () => take('end'));
  from.on('error', () => to.resetAndDestroy());
  // After its end a socket may close while its last bytes are still under way to the other one.
  from.on('close', () => from.readableEnded || to.destroySoon());
  to.on('close', () => closed.abort());

  async function pass(): Promise<void> {
    isPassing = true;
    for (let next = queue[0]; next && !closed.signal.aborted; next = queue[0]) {
      await untilDue(next.arrivedAtMs);
      if (closed.signal.aborted) return;
      queue.shift();
      queuedBytes -= next.bytes.length;
      if (queuedBytes <= maxQueuedBytes) from.resume();
      if (next.bytes === 'end') to.end();
      else if (!to.write(next.bytes)) await drained();
    }
    isPassing = false;
  }

  /** A connection that breaks meanwhile closes, and is dealt with there. */
  function drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        to.off('drain', done).off('close', done);
        resolve();
      };
      to.on('drain', done).on('close', done);
    });
  }

  /** Faults may be taken away while a byte waits, so what is due is asked anew after each change. */
  async function untilDue(arrivedAtMs: number): Promise<void> {
    while (!closed.signal.aborted) {
      const waitMs = faults.stalled.has(direction)
        ? Number.POSITIVE_INFINITY
        : arrivedAtMs + faults.delayMs[direction] - performance.now();
      if (waitMs <= 0) return;
      await changeOrTimeout(waitMs);
    }
  }

  async function changeOrTimeout(waitMs: number): Promise<void> {
    const timeout = Number.isFinite(waitMs) ? [AbortSignal.timeout(Math.ceil(waitMs))] : [];
    await unlessClosed(once(faults.changed, 'change', { signal: AbortSignal.any([closed.signal, ...timeout]) }));
  }
}

const maxQueuedBytes = 1024 * 1024;

/** Waiting ends early when the connection closes or the delay is over; the caller looks which. */
async function unlessClosed(waiting: Promise<unknown>): Promise<void> {
  try {
    await waiting;
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  }
}
