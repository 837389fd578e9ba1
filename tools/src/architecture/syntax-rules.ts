import ts from 'typescript';
import { layerOf } from './layers.js';
import { projectOf, projectsOf } from './projects.js';
import { forEachNode, isTest, lineOf, type SourceFile, type SourceTree } from './source-tree.js';
import type { Rule, Violation } from './violation.js';

/** Pure libs, families and mappings take time and chance as arguments. */
export const pureFilesHaveNoClock: Rule = (tree) => {
  const projects = projectsOf(tree);
  const isPure = ({ path }: SourceFile) =>
    layerOf(projectOf(projects, path)?.folder ?? '')?.isPure || /\/families\/|to-measurements\.ts$/.test(path);
  return findIn(tree, isPure, (node) => {
    const source = sourceOfTimeOrChance(node);
    return source && `${source} in a pure file: take it as an argument.`;
  });
};

const clocksAndDice = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'performance.timeOrigin',
  'process.hrtime',
  'crypto.randomUUID',
  'crypto.getRandomValues',
]);
const timers = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']);

function sourceOfTimeOrChance(node: ts.Node): string | undefined {
  const access = accessIn(node);
  if (access !== undefined) return clocksAndDice.has(access) ? access : undefined;
  if (ts.isNewExpression(node) && isNamed(node.expression, 'Date') && !node.arguments?.length) return 'new Date()';
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const { text } = node.expression;
  return timers.has(text) || text === 'Date' ? `${text}()` : undefined;
}

/** `Date.now` of `Date.now`, `Date['now']`, `globalThis.Date.now` and `const { now } = Date`. */
function accessIn(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return fullName(node.expression, node.name.text);
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
    return fullName(node.expression, node.argumentExpression.text);
  if (!ts.isBindingElement(node) || !ts.isVariableDeclaration(node.parent.parent)) return undefined;
  const { initializer } = node.parent.parent;
  return initializer && fullName(initializer, (node.propertyName ?? node.name).getText());
}

function fullName(owner: ts.Expression, member: string): string {
  return `${owner.getText().replace(/^globalThis\./, '')}.${member}`;
}

const mayReadEnvironment = ['libs/service-kit/', 'libs/testing/', 'tools/', 'libs/local-services/fetch-package.mjs'];

export const environmentInOneLib: Rule = (tree) =>
  findIn(
    tree,
    ({ path }) => !mayReadEnvironment.some((begin) => path.startsWith(begin)),
    (node) =>
      accessIn(node) === 'process.env' ? 'process.env is read in libs/service-kit only: make it a setting.' : undefined,
  );

export const networkInReadersOnly: Rule = (tree) =>
  findIn(
    tree,
    ({ path }) => path.startsWith('libs/collectors/') && !path.endsWith('.reader.ts'),
    (node) =>
      ts.isCallExpression(node) && isNamed(node.expression, 'fetch')
        ? 'fetch() outside of a reader: only *.reader.ts talks to the source.'
        : undefined,
  );

export const noExportStar: Rule = (tree) =>
  findIn(
    tree,
    () => true,
    (node) =>
      ts.isExportDeclaration(node) && (!node.exportClause || ts.isNamespaceExport(node.exportClause))
        ? 'export * hides what the door offers: export by name.'
        : undefined,
  );

/** An error that nobody hears of must at least have its reason in words. */
export const noVanishingErrors: Rule = (tree) =>
  findIn(
    tree,
    () => true,
    (node, { text }) => {
      if (ts.isCatchClause(node) && node.block.statements.length === 0 && !/\/[/*]/.test(node.block.getText()))
        return 'An error vanishes here: handle it, or say in a comment why nothing is to be done.';
      if (!dropsRejection(node) || hasCommentNear(node, text)) return undefined;
      return 'A rejection vanishes here: handle it, or say in a comment why nothing is to be done.';
    },
  );

/** The statement `….catch(() => undefined)` and its like, where nobody holds the promise any more. */
function dropsRejection(node: ts.Node): boolean {
  if (!ts.isExpressionStatement(node) || !ts.isCallExpression(node.expression)) return false;
  const { expression: called, arguments: given } = node.expression;
  if (!ts.isPropertyAccessExpression(called) || called.name.text !== 'catch') return false;
  const [handler] = given;
  if (!handler || !ts.isArrowFunction(handler) || handler.parameters.length > 0) return false;
  return /^(?:undefined|null|void 0|\{\s*\})$/.test(handler.body.getText());
}

/** A comment on the statement, right above it, or of the function that it is in. */
function hasCommentNear(node: ts.Node, text: string): boolean {
  const around = ts.findAncestor(node, ts.isFunctionLike);
  const places = [node, ...(around ? [around] : [])];
  return places.some(
    (place) =>
      ts.getLeadingCommentRanges(text, place.getFullStart()) !== undefined ||
      ts.getTrailingCommentRanges(text, place.end) !== undefined,
  );
}

/** A skip says why when it runs, `context.skip('…')` or `test.skipIf(unavailable('redis'))`, so that it can't be forgotten. */
export const noFocusedTests: Rule = (tree) =>
  tree.files.filter(({ path }) => path.endsWith('.test.ts')).flatMap((file) => inFile(file, focusedTest));

function focusedTest(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  if (!['test', 'it', 'describe'].includes(node.expression.text)) return undefined;
  return ['only', 'todo', 'skip'].includes(node.name.text)
    ? `${node.getText()} keeps tests from running: take it out, or skip with a reason by context.skip().`
    : undefined;
}

type Look = (node: ts.Node, file: SourceFile) => string | undefined | false;

/** In the product's own files: tests may do all of this. */
function findIn(tree: SourceTree, concerns: (file: SourceFile) => unknown, look: Look): Violation[] {
  return tree.files.filter((file) => !isTest(file.path) && concerns(file)).flatMap((file) => inFile(file, look));
}

function inFile(file: SourceFile, look: Look): Violation[] {
  const violations: Violation[] = [];
  forEachNode(file.syntax, (node) => {
    const message = look(node, file);
    if (message) violations.push({ path: file.path, line: lineOf(node), message });
  });
  return violations;
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}
