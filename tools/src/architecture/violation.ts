import type { SourceTree } from './source-tree.js';

export interface Violation {
  readonly path: string;
  readonly line: number;
  /** One sentence: what is wrong and what to do. */
  readonly message: string;
}

/** A rule sees a tree and says what breaks it. */
export type Rule = (tree: SourceTree) => readonly Violation[];

/** `path:line rule: what to do`, so that an editor opens the place. */
export function describe(rule: string, { path, line, message }: Violation): string {
  return `${path}:${line} ${rule}: ${message}`;
}
