import type { JsonSchema } from './json-schema.js';

/** A line of a field table. */
export interface FieldRow {
  /** `points[].histogram.bounds`. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly meaning: string;
}

/** The fields of a record, the nested ones behind their holder. Variants are told apart by their constant members. */
export function fieldRows(schema: JsonSchema, prefix = ''): FieldRow[] {
  if (schema.oneOf) return variantRows(schema.oneOf as JsonSchema[], prefix);
  const rows: FieldRow[] = [];
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const member = field as JsonSchema;
    const path = `${prefix}${name}`;
    rows.push({
      path,
      type: typeOf(member),
      isRequired: schema.required?.includes(name) ?? false,
      meaning: member.description ?? '',
    });
    rows.push(...nestedRows(member, path));
  }
  return rows;
}

function nestedRows(field: JsonSchema, path: string): FieldRow[] {
  if (field.properties) return fieldRows(field, `${path}.`);
  const element = field.items as JsonSchema | undefined;
  if (!element) return [];
  if (element.properties) return fieldRows(element, `${path}[].`);
  if (element.oneOf) return variantRows(element.oneOf as JsonSchema[], `${path}[].`);
  return tupleRows(element, `${path}[]`);
}

function tupleRows(tuple: JsonSchema, path: string): FieldRow[] {
  return (tuple.prefixItems ?? []).map((entry, at) => {
    const element = entry as JsonSchema;
    return {
      path: `${path}[${at}]`,
      type: typeOf(element),
      isRequired: at < (tuple.minItems ?? 0),
      meaning: element.description ?? '',
    };
  });
}

/** Members that all variants share stand once; the others say which variant they belong to. */
function variantRows(variants: readonly JsonSchema[], prefix: string): FieldRow[] {
  const byVariant = variants.map((variant) => ({ label: labelOf(variant), rows: fieldRows(variant, prefix) }));
  const [first, ...others] = byVariant;
  const shared =
    first?.rows.filter((row) => others.every(({ rows }) => rows.some((other) => isSame(row, other)))) ?? [];
  const own = byVariant.flatMap(({ label, rows }) =>
    rows
      .filter((row) => !shared.some((other) => isSame(row, other)))
      .map((row) => ({ ...row, meaning: `For ${label}: ${row.meaning}` })),
  );
  return [...shared, ...own];
}

/** What tells a variant from the others: the value of its constant member. */
function labelOf(variant: JsonSchema): string {
  const constants = Object.values(variant.properties ?? {}).map((member) => (member as JsonSchema).const);
  return constants.filter((value) => typeof value === 'string').join();
}

function isSame(one: FieldRow, other: FieldRow): boolean {
  return one.path === other.path && one.type === other.type && one.meaning === other.meaning;
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.anyOf) return schema.anyOf.map((variant) => typeOf(variant as JsonSchema)).join(' or ');
  if (schema.type !== 'array') return String(schema.type ?? 'any');
  const element = (schema.items ?? {}) as JsonSchema;
  if (element.prefixItems) return 'array of tuples';
  return `array of ${element.oneOf ? 'object' : typeOf(element)}s`;
}
