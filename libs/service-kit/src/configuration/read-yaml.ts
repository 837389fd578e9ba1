import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode } from '@omninode/contracts';
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { problemLine } from './source.js';
import type { Source } from './source.js';

export type Path = readonly (string | number)[];

/** A configuration file: its values as plain data, and where each stands. */
export interface YamlFile {
  readonly tree: unknown;
  /** The place of a key, or of the nearest thing around it that stands in the file. */
  sourceOf(path: Path): Source;
  readonly problems: readonly string[];
}

/** More would be no configuration; it bounds what a wrong path (a log, a device) can cost. */
const largestFileCharacters = 4_000_000;

export function readYaml(file: string, cwd: string): YamlFile {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    return withoutTree(
      file,
      `the configuration file cannot be read (${errorCode(error)}); name a file that this user can read.`,
    );
  }
  if (text.length > largestFileCharacters) return withoutTree(file, 'this is too large for a configuration file.');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Source => {
    const { line, col } = lines.linePos(offset);
    return { from: 'file', file, line, column: col };
  };
  const sourceOf = (path: Path) => at(offsetOf(document, path));
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return problemLine(`${file}:${line}:${col}`, `this is no YAML: ${message.replace(/\.?\s*$/, '')}.`);
  });
  if (problems.length > 0) return { tree: {}, sourceOf, problems };
  return { ...toTree(document, file), sourceOf };
}

function toTree(document: Document.Parsed, file: string): Pick<YamlFile, 'tree' | 'problems'> {
  try {
    const tree: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
    if (typeof tree === 'object' && !Array.isArray(tree)) return { tree, problems: [] };
    const problem = `the file holds a ${Array.isArray(tree) ? 'list' : 'text'}; it must be groups of settings, such as "http:" with "port: 8080" below it.`;
    return { tree: {}, problems: [problemLine(`${file}:1:1`, problem)] };
  } catch (error) {
    // The library throws a ReferenceError when aliases unfold to more than maxAliasCount allows.
    return {
      tree: {},
      problems: [problemLine(file, `its aliases unfold to too much (${(error as Error).name}); write the values out.`)],
    };
  }
}

function withoutTree(file: string, problem: string): YamlFile {
  return {
    tree: {},
    sourceOf: () => ({ from: 'file', file, line: 1, column: 1 }),
    problems: [problemLine(file, problem)],
  };
}

/** Where the last part of the path that the document has begins: a key for a map, else the element. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    const next = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      : isSeq(node)
        ? node.items[Number(part)]
        : undefined;
    if (next === undefined) return offset;
    const place = isPair(next) ? next.key : next;
    offset = (place as { range?: readonly number[] | null }).range?.[0] ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}
