import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { nearest } from './nearest.js';
import { readValueFile } from './read-value-file.js';
import { partOf, unwrap, variantOf } from './schema-shape.js';
import { describeSource, problemLine } from './source.js';
import type { Path, YamlFile } from './read-yaml.js';

/** What the walk needs to know beside the value and its schema. */
export interface KeyCheck {
  readonly yaml: YamlFile;
  /** The file's own path: `urlFile` and the like are relative to its folder. */
  readonly file: string;
  /** What `file` is relative to. */
  readonly cwd: string;
  /** Paths of sections that belong to other processes. */
  readonly elsewhere: readonly string[];
  /** Every setting's path, to recognise a key that stands in the wrong group. */
  readonly allPaths: readonly string[];
  readonly problems: string[];
}

/**
 * The file's values without the keys that belong elsewhere and with every `xFile` replaced by what the file holds. Unknown
 * keys become problems that name the nearest key.
 */
export function checkKeys(check: KeyCheck, schema: z.ZodType, value: unknown, path: Path = []): unknown {
  const { core, meta } = unwrap(schema);
  if (Array.isArray(value)) {
    return core instanceof z.ZodArray
      ? value.map((element, index) => checkKeys(check, core.element as unknown as z.ZodType, element, [...path, index]))
      : value;
  }
  if (!isPlainObject(value)) return value;
  if (core instanceof z.ZodRecord) {
    return fromEntries(
      Object.entries(value).map(([key, part]) => [
        key,
        checkKeys(check, core.valueType as unknown as z.ZodType, part, [...path, key]),
      ]),
    );
  }
  const variant = variantOf(core, value);
  if (variant) return checkKeys(check, variant, value, path);
  if (!(core instanceof z.ZodObject)) return value;
  return fromEntries(
    Object.keys(value).flatMap((key) => checkKey(check, core, value, key, path, meta.foreign === true)),
  );
}

function checkKey(
  check: KeyCheck,
  group: z.ZodObject,
  value: Record<string, unknown>,
  key: string,
  parent: Path,
  foreign: boolean,
): [string, unknown][] {
  const path = [...parent, key];
  const part = partOf(group, key, value);
  if (part) return [[key, checkKeys(check, part, value[key], path)]];
  const named = /^(.+)File$/.exec(key)?.[1];
  const secretPart = named === undefined ? undefined : partOf(group, named, value);
  if (named && secretPart && unwrap(secretPart).meta.kind === 'secret')
    return fromFile(check, value, named, key, parent);
  const dotted = path.join('.');
  if (foreign || check.elsewhere.includes(dotted)) return [];
  // A group such as `collectors` may hold nothing for this process but what belongs elsewhere.
  if (check.elsewhere.some((other) => other.startsWith(`${dotted}.`)) && isPlainObject(value[key])) {
    return checkForeignGroup(check, value[key], path);
  }
  report(check, path, unknownKey(check, group, parent, key));
  return [];
}

function checkForeignGroup(check: KeyCheck, group: Record<string, unknown>, path: Path): [string, unknown][] {
  for (const key of Object.keys(group)) {
    const dotted = [...path, key].join('.');
    if (!check.elsewhere.includes(dotted))
      report(check, [...path, key], suggestion(dotted, nearest(dotted, check.elsewhere)));
  }
  return [];
}

function fromFile(
  check: KeyCheck,
  value: Record<string, unknown>,
  named: string,
  key: string,
  parent: Path,
): [string, unknown][] {
  const path = [...parent, key];
  if (Object.hasOwn(value, named)) {
    report(check, path, `${dottedPath([...parent, named])} and ${dottedPath(path)} are both set; keep one.`);
    return [];
  }
  if (typeof value[key] !== 'string' || value[key] === '') {
    report(check, path, `${dottedPath(path)} must name a file.`);
    return [];
  }
  const content = readValueFile(resolve(check.cwd, dirname(check.file), value[key]));
  if ('value' in content) return [[named, content.value]];
  report(check, path, `${content.problem}.`);
  // Keeps the schema from calling the value missing as well.
  return [[named, undefined]];
}

function unknownKey(check: KeyCheck, group: z.ZodObject, parent: Path, key: string): string {
  const keys = Object.keys(group.shape);
  const siblings = [
    ...keys,
    ...keys
      .filter((name) => unwrap(group.shape[name] as z.ZodType).meta.kind === 'secret')
      .map((name) => `${name}File`),
  ];
  const near = nearest(key, siblings);
  const misplaced = check.allPaths.find((other) => other.split('.').at(-1) === key);
  const meant = near ? dottedPath([...parent, near]) : misplaced;
  return meant
    ? suggestion(dottedPath([...parent, key]), meant)
    : `${dottedPath([...parent, key])} is not a setting. Known here: ${siblings.join(', ')}.`;
}

function suggestion(name: string, meant: string | undefined): string {
  return meant ? `${name} is not a setting. Did you mean ${meant}?` : `${name} is not a setting.`;
}

function report(check: KeyCheck, path: Path, what: string): void {
  check.problems.push(problemLine(describeSource(check.yaml.sourceOf(path)), what));
}

/** `targets[0].url`. */
export function dottedPath(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own data properties whatever their names, `__proto__` included. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}
