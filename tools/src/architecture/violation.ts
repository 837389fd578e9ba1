import type { SourceTree } from './source-tree.js';

export interface Violation {
  readonly path: string;
  readonly line: number;
  /** One sentence: what is wrong and what to do. */
  readonly message: string;
}

/** A rule sees a tree and says what breaks it. */
export type Rule = (tree: SourceTree) => readonly Violation[];

export function describe({ path, line, message }: Violation): string {
  return `${path}:${line} ${message}`;
}
