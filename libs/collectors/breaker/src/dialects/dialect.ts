import type { FigureName } from '../observation.js';
import type { Rule } from '../exposition/rule.js';
import type { Figures } from '../exposition/sighting.js';

/** How one library or proxy tells of its breakers in an exposition. A dialect is a file here and a line in `dialects.ts`. */
export interface Dialect {
  /** The label `library`. */
  readonly library: string;
  /** The first that fits a sample counts. */
  readonly rules: readonly Rule[];
  /** The figures to publish, where they must be made of what the rules gathered. */
  figuresOf?(gathered: Readonly<Figures>): Partial<Record<FigureName, number>>;
}

/** The library of rules that a target brings along. */
export const declared = 'declared';
