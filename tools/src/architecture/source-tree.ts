import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Gone when the program runs. */
  readonly isTypeOnly: boolean;
}

/** The files of the project, as git knows them; rules see nothing else, so a planted tree is as good as the real one. */
export interface SourceTree {
  readonly files: readonly SourceFile[];
  /** Every path of the project, also of files that are no source. */
  readonly paths: readonly string[];
  read(path: string): string;
}

/** The working tree: what git tracks and what it would, ignored files left out. */
export function readTree(root: string): SourceTree {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const paths = listed.split('\n').filter(Boolean);
  return treeOf(new Map(paths.filter(isText).flatMap((path) => readIfThere(path, read))), paths);
}

/** A tree from memory. */
export function treeOf(texts: ReadonlyMap<string, string>, paths: readonly string[] = [...texts.keys()]): SourceTree {
  const files = [...texts]
    .filter(([path]) => isSource(path))
    .map(([path, text]) => ({ path, text, imports: importsOf(text) }));
  return { files, paths, read: (path) => texts.get(path) ?? '' };
}

function importsOf(text: string): Import[] {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest);
  const { importedFiles } = ts.preProcessFile(text, true, true);
  const typeOnly = new Set(file.statements.filter(isTypeOnly).map(({ moduleSpecifier }) => moduleSpecifier!.pos));
  return importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    line: lineAt(text, pos),
    // preProcessFile points at the text in the quotes, or at the blank before them.
    isTypeOnly: [pos, pos - 1, pos - 2].some((start) => typeOnly.has(start)),
  }));
}

/** `import type …` and `export type …` are gone when the program runs. */
function isTypeOnly(statement: ts.Statement): statement is ts.ImportDeclaration | ts.ExportDeclaration {
  if (ts.isImportDeclaration(statement)) return statement.importClause?.isTypeOnly === true;
  return ts.isExportDeclaration(statement) && statement.isTypeOnly && statement.moduleSpecifier !== undefined;
}

export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

/** Tests, and what only they and developers run: it may import what the product may not. */
export function isTest(path: string): boolean {
  return /\/src\/.*\.mjs$|^libs\/(?:[^/]+\/)+(?!src\/)[^/]+\.mjs$|\.test\.ts$|\/(testing|testdata|fault-injection|bench)\//.test(
    path,
  );
}

function isSource(path: string): boolean {
  return /\.(ts|mjs)$/.test(path) && !path.endsWith('.d.ts') && !path.endsWith('.d.mts');
}

function isText(path: string): boolean {
  return isSource(path) || path.endsWith('package.json') || path === 'package-lock.json' || path.endsWith('.md');
}

/** A file that was deleted and not yet committed is still listed. */
function readIfThere(path: string, read: (path: string) => string): [string, string][] {
  try {
    return [[path, read(path)]];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
