import { onceEach } from '../meter/instruments.js';
import type { Total } from '../meter/instruments.js';
import { BoundedLabels } from '../meter/bounded-labels.js';
import { failureOf } from '../requests/failure.js';

/** Counts errors by name or code, at most `mostTypes` of them apart. */
export class ErrorTotals {
  private readonly labels: BoundedLabels;
  private readonly totalOf: (errorType: string) => Total;

  constructor(totalOf: (errorType: string) => Total, onOther: () => void) {
    this.totalOf = onceEach(totalOf);
    this.labels = new BoundedLabels(mostTypes, onOther);
  }

  add(error: unknown): void {
    this.totalOf(this.labels.valueOf(failureOf(error).errorType)).add();
  }
}

const mostTypes = 30;
