import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
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
  /** The text of a file; empty when the tree has no such file. */
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
  const files = [...texts].filter(([path]) => isSource(path)).map(([path, text]) => sourceFile(path, text));
  return { files, paths, read: (path) => texts.get(path) ?? '' };
}

function sourceFile(path: string, text: string): SourceFile {
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  forEachNode(syntax, (node) => {
    const specifier = specifierOf(node);
    if (specifier) imports.push({ specifier: specifier.text, line: lineOf(specifier), isTypeOnly: isTypeOnly(node) });
  });
  return { path, text, syntax, imports };
}

/** The module that a statement or expression names: `import`, `export … from`, `import(…)` and the type `import(…)`. */
function specifierOf(node: ts.Node): ts.StringLiteralLike | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textIn(node.moduleSpecifier);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textIn(node.arguments[0]);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textIn(node.argument.literal);
  return undefined;
}

function textIn(node: ts.Node | undefined): ts.StringLiteralLike | undefined {
  return node && ts.isStringLiteralLike(node) ? node : undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.isTypeOnly === true;
  return ts.isExportDeclaration(node) ? node.isTypeOnly : ts.isImportTypeNode(node);
}

export function forEachNode(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => forEachNode(child, visit));
}

/** The line that a node begins on, comments before it left out. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Tests, and what only they and developers run: it may import what the product may not. */
export function isTest(path: string): boolean {
  return (
    path.endsWith('.test.ts') ||
    /\/src\/(?:.*\/)?(?:testing|fault-injection)\//.test(path) ||
    /\/(?:bench|testdata)\//.test(path) ||
    (/^libs\/.*\.mjs$/.test(path) && path !== 'libs/local-services/fetch-package.mjs')
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
