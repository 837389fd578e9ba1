import { z } from 'zod';
import { errors } from '../errors.js';
import { expectationOf } from './expectation.js';
import { unwrap } from './schema-shape.js';

/** What a lib exports for its part of the configuration, by name; a name can hold further sections (`collectors.database`). */
export interface Sections {
  readonly [name: string]: z.ZodType | Sections;
}

/** The typed result of sections. */
export type ConfigurationOf<S> = {
  readonly [K in keyof S]: S[K] extends z.ZodType ? z.output<S[K]> : ConfigurationOf<S[K]>;
};

/** One value that a person can set. */
export interface Setting {
  /** `http.port`: the key in YAML and, after `--`, the flag. */
  readonly path: string;
  readonly core: z.ZodType;
  /** `OMNINODE_HTTP_PORT`, then the aliases. Empty for what is too large for a variable (lists of objects, maps). */
  readonly environment: readonly string[];
  readonly meaning: string;
  readonly unit: string | undefined;
  readonly kind: 'duration' | 'size' | 'secret' | 'brokers' | undefined;
  /** The default as it is written, `15s`; undefined without one. */
  readonly fallback: unknown;
  readonly optional: boolean;
  /** Completes "it must be …". */
  readonly expects: string;
}

/** Every setting of the sections, in their order. Two that share a variable are a mistake of ours and throw. */
export function listSettings(root: z.ZodObject): readonly Setting[] {
  const settings = settingsUnder(root, []);
  const owners = new Map<string, string>();
  for (const { path, environment } of settings) {
    for (const name of environment.flatMap((variable) => [variable, `${variable}_FILE`])) {
      const owner = owners.get(name);
      if (owner) throw errors.CONFIGURATION_SCHEMA({ path, problem: `${name} also sets ${owner}.` });
      owners.set(name, path);
    }
  }
  return settings;
}

/** One object schema of all sections. */
export function rootOf(sections: Sections): z.ZodObject {
  const parts = Object.entries(sections).map(([name, part]) => [name, isSchema(part) ? part : rootOf(part)] as const);
  return z.object(Object.fromEntries(parts));
}

/** `http.keepAliveTimeout` → `OMNINODE_HTTP_KEEP_ALIVE_TIMEOUT`. */
export function environmentName(path: string): string {
  const words = path.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_');
  return `OMNINODE_${words.toUpperCase()}`;
}

function isSchema(part: z.ZodType | Sections): part is z.ZodType {
  return '_zod' in part;
}

function settingsUnder(group: z.ZodObject, path: readonly string[]): Setting[] {
  return Object.entries(group.shape as Record<string, z.ZodType>).flatMap(([key, schema]) => {
    const { core } = unwrap(schema);
    const here = [...path, key];
    return core instanceof z.ZodObject ? settingsUnder(core, here) : [toSetting(schema, here.join('.'))];
  });
}

function toSetting(schema: z.ZodType, path: string): Setting {
  const { core, meta, fallback, optional } = unwrap(schema);
  if (!meta.description) throw errors.CONFIGURATION_SCHEMA({ path, problem: 'it has no meaning; add .describe("…").' });
  return {
    path,
    core,
    environment: fitsVariable(core) ? [environmentName(path), ...(meta.aliases ?? [])] : [],
    meaning: meta.description,
    unit: meta.unit,
    kind: meta.kind,
    fallback,
    optional,
    expects: expectationOf(schema),
  };
}

/** Texts, numbers, booleans, choices and lists of texts. */
function fitsVariable(core: z.ZodType): boolean {
  if (core instanceof z.ZodArray) return unwrap(core.element as unknown as z.ZodType).core instanceof z.ZodString;
  return [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodEnum].some((leaf) => core instanceof leaf);
}
