import type { LineCounter, ParsedNode } from 'yaml';
import { isMap, isNode, isSeq, isScalar, type Document } from 'yaml';

/** What is wrong in a rule file, where, and what was most likely meant. */
export interface RuleProblem {
  readonly file: string;
  /** Both from 1 on. */
  readonly line: number;
  readonly column: number;
  /** `rules[2].window.over`; empty for the file as a whole. */
  readonly path: string;
  readonly problem: string;
  /** What is near to what stands there, or the way out. */
  readonly suggestion?: string;
}

export type Path = readonly (string | number)[];

/** Where things stand in a parsed file. */
export interface Places {
  problem(path: Path, problem: string, suggestion?: string): RuleProblem;
  lineOf(path: Path): number;
}

export function placesIn(file: string, document: Document<ParsedNode>, lines: LineCounter): Places {
  const at = (path: Path) => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  return {
    problem: (path, problem, suggestion) => ({
      file,
      ...at(path),
      path: pathText(path),
      problem,
      ...(suggestion !== undefined && { suggestion }),
    }),
    lineOf: (path) => at(path).line,
  };
}

/** The offset of the deepest part of the path that is there: of a key, its name. */
function offsetOf(document: Document<ParsedNode>, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function pathText(path: Path): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}
