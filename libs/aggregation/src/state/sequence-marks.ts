/** Ranges that are remembered. A stream with more holes is none of ours, and would make each insertion slow. */
const maxRanges = 1_000;

/**
 * Which sequences of one producer and incarnation have come: all up to `contiguous`, and beyond it the ranges of `beyond`.
 * Records nearly always come in order, so the list is nearly always empty.
 */
export class SequenceMarks {
  /** Ascending, apart from each other, as pairs: first, last, first, last … */
  readonly beyond: number[];

  /** `base`: sequences up to here were given out before this reader's topic begins; nobody can tell whether they came. */
  constructor(
    readonly base = 0,
    public contiguous = base,
    beyond: readonly number[] = [],
    /** Sequences below `contiguous` that did not come and are waited for no longer, because there were too many holes. */
    public givenUp = 0,
  ) {
    this.beyond = [...beyond];
  }

  /** Whether the sequence is new. */
  add(sequence: number): boolean {
    if (sequence === this.contiguous + 1 && this.beyond.length === 0) {
      this.contiguous = sequence;
      return true;
    }
    if (sequence <= this.contiguous) return false;
    return this.addBeyond(sequence);
  }

  /** The highest sequence that came. */
  get last(): number {
    return this.beyond.at(-1) ?? this.contiguous;
  }

  /** How many different sequences came, those up to `base` left out. */
  get distinct(): number {
    let count = this.contiguous - this.base - this.givenUp;
    for (let at = 0; at < this.beyond.length; at += 2) count += this.beyond[at + 1]! - this.beyond[at]! + 1;
    return count;
  }

  private addBeyond(sequence: number): boolean {
    const { beyond } = this;
    let at = 0;
    while (at < beyond.length && beyond[at + 1]! < sequence) at += 2;
    if (at < beyond.length && beyond[at]! <= sequence) return false;
    beyond.splice(at, 0, sequence, sequence);
    this.join(at);
    this.join(at - 2);
    if (beyond.length > 2 * maxRanges) this.givenUp += beyond[0]! - this.contiguous - 1;
    if (beyond[0] === this.contiguous + 1 || beyond.length > 2 * maxRanges) {
      this.contiguous = beyond[1]!;
      beyond.splice(0, 2);
    }
    return true;
  }

  /** Makes one range of two that touch. */
  private join(at: number): void {
    const { beyond } = this;
    if (at < 0 || at + 2 >= beyond.length || beyond[at + 1]! + 1 !== beyond[at + 2]!) return;
    beyond.splice(at + 1, 2);
  }
}
