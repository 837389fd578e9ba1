import { z } from 'zod';
import type { RecordKind } from '../records/record-kinds.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (2020-12) of a kind of record. It accepts whatever the zod schema accepts; what JSON Schema can't say
 * (lengths that agree, bounds that ascend, indexes below another field) is left to the reader and stands in the descriptions.
 */
export function jsonSchemaOf({ name, schema }: Pick<RecordKind, 'name' | 'schema'>): JsonSchema {
  const { $schema, ...rest } = plainSchemaOf(schema);
  return { $schema, $id: `urn:omninode-mesh:contract:${name}.v1`, title: `${name}.v1`, ...rest };
}

/** Without identity, to stand inside another document. `input`: unknown fields are allowed, as forward compatibility needs it. */
export function plainSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
