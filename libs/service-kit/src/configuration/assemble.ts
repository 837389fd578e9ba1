import { z } from 'zod';
import { isPlainObject } from './check-keys.js';
import { unwrap } from './schema-shape.js';
import { valueOfText } from './text-value.js';
import type { EnvironmentValues } from './read-environment.js';
import type { Flags } from './read-flags.js';
import type { Path, YamlFile } from './read-yaml.js';
import type { Setting } from './setting.js';
import type { Source } from './source.js';

interface Parts {
  readonly root: z.ZodObject;
  readonly settings: readonly Setting[];
  readonly flags: Flags;
  readonly environment: EnvironmentValues;
  readonly yaml: YamlFile | undefined;
  /** The file's values after `checkKeys`. */
  readonly fromFile: unknown;
  readonly defaults: Readonly<Record<string, unknown>>;
}

export interface Assembled {
  /** What the schemas parse. */
  readonly tree: Record<string, unknown>;
  sourceOf(path: Path): Source;
}

/** Lays flags over environment over file over this process's defaults, and remembers where each value comes from. */
export function assemble(parts: Parts): Assembled {
  const sources = new Map<string, Source>();
  const tree = withGroups(parts.root, isPlainObject(parts.fromFile) ? parts.fromFile : {});
  for (const setting of parts.settings) {
    const flag = parts.flags.values.get(setting.path);
    const variable = parts.environment.values.get(setting.path);
    if (flag !== undefined) {
      put(tree, setting.path, valueOfText(setting, flag));
      sources.set(setting.path, { from: 'flag', name: `--${setting.path}` });
    } else if (variable !== undefined) {
      put(tree, setting.path, valueOfText(setting, variable.text));
      sources.set(setting.path, { from: 'environment', name: variable.variable });
    } else if (get(tree, setting.path) !== undefined) {
      continue;
    } else {
      sources.set(setting.path, { from: 'default' });
      if (Object.hasOwn(parts.defaults, setting.path)) put(tree, setting.path, parts.defaults[setting.path]);
    }
  }
  addTargets(tree, parts.environment, sources);
  return {
    tree,
    sourceOf: (path) => nearestSource(path, sources) ?? parts.yaml?.sourceOf(path) ?? { from: 'default' },
  };
}

/** Appends the targets that variables name. */
function addTargets(tree: Record<string, unknown>, environment: EnvironmentValues, sources: Map<string, Source>): void {
  if (environment.targets.length === 0 || (tree.targets !== undefined && !Array.isArray(tree.targets))) return;
  const listed: unknown[] = [...((tree.targets as unknown[] | undefined) ?? [])];
  if (listed.length > 0) sources.delete('targets');
  for (const { kind, text, variable } of environment.targets) {
    sources.set(`targets.${listed.length}`, { from: 'environment', name: variable });
    listed.push({ id: `${kind}-default`, kind, url: text });
  }
  tree.targets = listed;
}

/** A copy with an empty object for every group that nothing sets, so that the defaults inside it apply. */
function withGroups(group: z.ZodObject, values: Record<string, unknown>): Record<string, unknown> {
  const copy = { ...values };
  for (const [key, schema] of Object.entries(group.shape as Record<string, z.ZodType>)) {
    const { core, optional } = unwrap(schema);
    if (!(core instanceof z.ZodObject) || (optional && copy[key] === undefined)) continue;
    // A group that is written without anything in it (`http:`) reads as null.
    const value = copy[key] ?? {};
    copy[key] = isPlainObject(value) ? withGroups(core, value) : value;
  }
  return copy;
}

function get(tree: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, key) => (isPlainObject(node) && Object.hasOwn(node, key) ? node[key] : undefined), tree);
}

/** Sets a value; a group on the way that is no group is left for the schema to refuse. */
function put(tree: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let node = tree;
  for (const key of keys) {
    if (node[key] === undefined) node[key] = {};
    const next = node[key];
    if (!isPlainObject(next)) return;
    node = next;
  }
  node[last] = value;
}

/** The source of a path or of what it is part of. */
function nearestSource(path: Path, sources: ReadonlyMap<string, Source>): Source | undefined {
  for (let length = path.length; length > 0; length--) {
    const source = sources.get(path.slice(0, length).join('.'));
    if (source) return source;
  }
  return undefined;
}
