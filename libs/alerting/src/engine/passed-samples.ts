import type { SampleRing } from './sample-ring.js';

/** Samples of each side that wait; then they go into its window together, which touches its memory once for all of them. */
const depth = 8;

/**
 * Samples of an entity's sides that have passed (`quiet.ts`), newest first known: one row after the other in one array, so that what
 * a record brings is written side by side.
 */
export class PassedSamples {
  private readonly waiting: Uint8Array;
  /** Time and value, for each row and side. */
  private readonly rows: Float64Array;

  constructor(private readonly sides: number) {
    this.waiting = new Uint8Array(sides);
    this.rows = new Float64Array(depth * sides * 2);
  }

  /** True when there is room for no other: then they must be taken. */
  add(side: number, timeMs: number, value: number): boolean {
    const row = this.waiting[side]!++;
    const at = (row * this.sides + side) * 2;
    this.rows[at] = timeMs;
    this.rows[at + 1] = value;
    return row + 1 === depth;
  }

  /** Puts them into the window. */
  takeInto(ring: SampleRing, side: number): void {
    const count = this.waiting[side]!;
    for (let row = 0; row < count; row++) {
      const at = (row * this.sides + side) * 2;
      ring.push(this.rows[at]!, this.rows[at + 1]!);
    }
    this.waiting[side] = 0;
  }
}

/** Room that a window must have, so that it need not thin its samples out while some wait. */
export const passingRoom = 2 * depth;
