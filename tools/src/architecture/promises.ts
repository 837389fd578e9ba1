import ts from 'typescript';
import { forEachNode, lineOf } from './source-tree.js';
import type { Violation } from './violation.js';

/**
 * Promises that nobody waits for: a statement that makes one and drops it, and an async function given where nothing looks at
 * what it returns. A rejection of such a promise ends the process. `void work()` and `.catch(…)` say that it is meant.
 */
export function floatingPromises(program: ts.Program, paths: readonly string[]): Violation[] {
  const checker = program.getTypeChecker();
  return paths.flatMap((path) => {
    const violations: Violation[] = [];
    const file = program.getSourceFile(path);
    if (!file) throw new Error(`${path} is not in the program.`);
    forEachNode(file, (node) => {
      const message = floats(node, checker) ?? isIgnored(node, checker);
      if (message) violations.push({ path, line: lineOf(node), message });
    });
    return violations;
  });
}

function floats(node: ts.Node, checker: ts.TypeChecker): string | undefined {
  if (!ts.isExpressionStatement(node)) return undefined;
  const { expression } = node;
  if (ts.isBinaryExpression(expression) || ts.isVoidExpression(expression) || ts.isAwaitExpression(expression))
    return undefined;
  if (!isPromise(checker.getTypeAtLocation(expression), checker) || isHandled(expression)) return undefined;
  return 'Nobody waits for this promise: await it, return it, or handle its rejection.';
}

/** `.catch(…)` or `.then(…, …)`. */
function isHandled(expression: ts.Expression): boolean {
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return false;
  const { expression: called, arguments: given } = expression;
  if (called.name.text === 'catch') return given.length > 0;
  if (called.name.text === 'finally') return isHandled(called.expression);
  return called.name.text === 'then' && given.length > 1;
}

function isIgnored(node: ts.Node, checker: ts.TypeChecker): string | undefined {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  if (!ts.isCallExpression(node.parent) && !ts.isNewExpression(node.parent)) return undefined;
  if (!returnsPromise(node, checker)) return undefined;
  const wanted = checker.getContextualType(node)?.getCallSignatures() ?? [];
  const isDropped = wanted.length > 0 && wanted.every((each) => isVoid(checker.getReturnTypeOfSignature(each)));
  return isDropped ? 'Nobody waits for what this function returns: handle its rejection inside of it.' : undefined;
}

function returnsPromise(node: ts.ArrowFunction | ts.FunctionExpression, checker: ts.TypeChecker): boolean {
  const isAsync = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  if (isAsync) return true;
  const signature = checker.getSignatureFromDeclaration(node);
  const isOneCall = ts.isArrowFunction(node) && !ts.isBlock(node.body);
  if (!signature || !isOneCall || isHandled(node.body as ts.Expression)) return false;
  return isPromise(checker.getReturnTypeOfSignature(signature), checker);
}

function isVoid(type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.Void) !== 0;
}

/** Promises of the language; what only has a `then`, like Fastify's reply, says by itself what becomes of it. */
function isPromise(type: ts.Type, checker: ts.TypeChecker): boolean {
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((part) => checker.getApparentType(part).getSymbol()?.name === 'Promise');
}
