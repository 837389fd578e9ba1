import { z } from 'zod';

/** What our kinds of settings say of themselves beside zod's own checks. */
export interface SettingMeta {
  readonly description?: string;
  readonly unit?: string;
  readonly kind?: 'duration' | 'size' | 'secret' | 'brokers';
  /** Completes "it must be …". */
  readonly expects?: string;
  /** Further names of its environment variable. */
  readonly aliases?: readonly string[];
  /** Unknown keys of this object belong to another process and are left alone. */
  readonly foreign?: boolean;
}

/** A schema without its wrappers (default, optional, transform …) and what the wrappers say. */
export interface Unwrapped {
  readonly core: z.ZodType;
  readonly meta: SettingMeta;
  /** The value when nothing sets it, as it is written (`15s`); undefined without one. */
  readonly fallback: unknown;
  readonly optional: boolean;
}

interface WrapperDefinition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly defaultValue?: unknown;
}

export function unwrap(schema: z.ZodType): Unwrapped {
  const definition = schema.def as unknown as WrapperDefinition;
  const own = (schema.meta() ?? {}) as SettingMeta;
  const within = definition.innerType ?? (definition.type === 'pipe' ? definition.in : undefined);
  if (!within) return { core: schema, meta: own, fallback: undefined, optional: false };
  const inner = unwrap(within);
  const hasFallback = definition.type === 'default' || definition.type === 'prefault';
  return {
    core: inner.core,
    meta: { ...inner.meta, ...own },
    fallback: hasFallback ? definition.defaultValue : inner.fallback,
    optional: inner.optional || definition.type === 'optional' || definition.type === 'nullable',
  };
}

/** The schema of a part: the key of an object or record, the element of a list. Undefined where there is none. */
export function partOf(schema: z.ZodType, key: string | number, value: unknown): z.ZodType | undefined {
  const { core } = unwrap(schema);
  if (core instanceof z.ZodObject) return Object.hasOwn(core.shape, key) ? (core.shape[key] as z.ZodType) : undefined;
  if (core instanceof z.ZodArray) return core.element as unknown as z.ZodType;
  if (core instanceof z.ZodRecord) return core.valueType as unknown as z.ZodType;
  if (!(core instanceof z.ZodDiscriminatedUnion)) return undefined;
  const variant = variantOf(core, value);
  if (variant) return partOf(variant, key, value);
  return key === core.def.discriminator ? z.enum(discriminatorValues(core)) : undefined;
}

/** The values of the key that tells the variants of a union apart. */
export function discriminatorValues(core: z.ZodDiscriminatedUnion): string[] {
  return (core.def.options as readonly z.ZodType[]).flatMap((option) => {
    const literal = partOf(option, core.def.discriminator, undefined);
    return literal instanceof z.ZodLiteral ? [...literal.values].map(String) : [];
  });
}

/** The variant of a discriminated union that a value says it is; undefined for other schemas and unknown variants. */
export function variantOf(core: z.ZodType, value: unknown): z.ZodType | undefined {
  if (!(core instanceof z.ZodDiscriminatedUnion)) return undefined;
  const { discriminator, options } = core.def;
  const named = (value as Record<string, unknown> | null)?.[discriminator];
  return (options as readonly z.ZodType[]).find((option) => {
    const literal = partOf(option, discriminator, value);
    return literal instanceof z.ZodLiteral && literal.values.has(named as string);
  });
}
