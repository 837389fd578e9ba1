import { inspect } from 'node:util';
import { z } from 'zod';
import { dottedPath } from './check-keys.js';
import { expectationOf } from './expectation.js';
import { partOf, unwrap } from './schema-shape.js';
import { describeSource, problemLine } from './source.js';
import type { Path } from './read-yaml.js';
import type { Setting } from './setting.js';
import type { Source } from './source.js';

interface Context {
  readonly root: z.ZodObject;
  readonly settings: readonly Setting[];
  readonly tree: unknown;
  sourceOf(path: Path): Source;
}

/** What zod found, as lines that name what, where and what to do. No secret's value is shown. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], context: Context): string[] {
  return issues.map((issue) => {
    const path = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
    const value = valueAt(context.tree, path);
    const setting = context.settings.find((candidate) => candidate.path === path.join('.'));
    const schema = schemaAt(context.root, context.tree, path);
    const name = dottedPath(path);
    if (value === undefined && setting)
      return problemLine(setting.path, `nothing sets it; ${howToSet(setting)} It must be ${setting.expects}.`);
    const where = describeSource(context.sourceOf(path));
    // Messages of our own refinements say all there is to say.
    if (issue.code === 'custom' && issue.message !== 'Invalid input')
      return problemLine(where, `${name} ${issue.message}.`);
    if (issue.code === 'invalid_key')
      return problemLine(
        where,
        `${name} has a name that is not allowed; ${expectationAt(context, path.slice(0, -1))}.`,
      );
    const expects = setting?.expects ?? (schema ? expectationOf(schema) : issue.message);
    if (value === undefined) return problemLine(where, `${name} is missing; it must be ${expects}.`);
    const secret = schema !== undefined && unwrap(schema).meta.kind === 'secret';
    return problemLine(
      where,
      `${name} ${secret ? 'holds something else' : `is ${shown(value)}`}; it must be ${expects}.`,
    );
  });
}

function howToSet(setting: Setting): string {
  const [variable] = setting.environment;
  if (!variable) return `write it in the configuration file.`;
  return `set ${variable}${setting.kind === 'secret' ? ` or ${variable}_FILE` : ''}, or write it in the configuration file.`;
}

function expectationAt(context: Context, path: Path): string {
  const schema = schemaAt(context.root, context.tree, path);
  return schema ? `${dottedPath(path)} must be ${expectationOf(schema)}` : 'choose another';
}

/** A value on one line, cut where it is long. Of a group only the kind is told: it may hold secrets. */
function shown(value: unknown): string {
  if (Array.isArray(value))
    return value.every((element) => typeof element === 'string')
      ? cut(inspect(value, { breakLength: Infinity }))
      : 'a list';
  if (typeof value === 'object' && value !== null) return 'a group of keys';
  return value === null ? 'empty' : cut(typeof value === 'string' ? JSON.stringify(value) : String(value));
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, key)
        ? (node as Record<string, unknown>)[key]
        : undefined,
    tree,
  );
}

function schemaAt(root: z.ZodType, tree: unknown, path: Path): z.ZodType | undefined {
  let schema: z.ZodType | undefined = root;
  let value = tree;
  for (const key of path) {
    schema = schema && partOf(schema, key, value);
    value = valueAt(value, [key]);
  }
  return schema;
}
