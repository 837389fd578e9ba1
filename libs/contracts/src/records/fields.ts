import { z } from 'zod';
import {
  eventNameForm,
  identityForm,
  isAscending,
  isLabels,
  isPlainObject,
  labelNameForm,
  metricNameForm,
} from '../codec/forms.js';
import { limits } from '../codec/limits.js';

/** Fields that several records have. Descriptions say what, unit and range; the reference and the JSON Schemas print them. */

export const version = z.literal(1).meta({ description: 'Version of the record. A breaking change is a new number.' });

export const time = z
  .int()
  .gte(limits.earliestMs)
  .lt(limits.latestMs)
  .meta({ description: 'Integer milliseconds since 1970 UTC, in the years 2000 to 2099.' });

export const identity = z
  .string()
  .regex(identityForm)
  .meta({ description: 'A name of 1 to 256 characters without control characters.' });

/** A text of at most so many UTF-16 units, without lone surrogates. */
export function text(length: number) {
  return z
    .string()
    .max(length)
    .refine((value) => value.isWellFormed(), 'holds half of a surrogate pair');
}

export const count = z.int().nonnegative();
export const amount = z.number().nonnegative();

export const metricName = z.string().max(limits.nameLength).regex(metricNameForm);
export const labelName = z.string().max(limits.nameLength).regex(labelNameForm);
export const labelValue = text(limits.labelValueLength);
export const eventName = z.string().max(limits.nameLength).regex(eventNameForm);
export const bounds = z
  .array(z.number())
  .max(limits.bounds)
  .refine(isAscending, 'the bounds do not ascend')
  .meta({
    description: `Upper bounds of an explicit histogram's buckets, ascending, without +Inf; at most ${limits.bounds}.`,
  });

/** A check by a function, with the JSON Schema that describes it as far as JSON Schema can. zod's own record passes over a member `__proto__`. */
export const labels = z.custom<Readonly<Record<string, string>>>(isLabels, 'not labels').meta({
  description: `Label names and values, at most ${limits.labels}. Names by Prometheus' form, without \`__\` in front, not le, job or instance. Values are texts of at most ${limits.labelValueLength} characters; an empty one is the same as no label.`,
  type: 'object',
  maxProperties: limits.labels,
  propertyNames: { pattern: labelNameForm.source, maxLength: limits.nameLength },
  additionalProperties: { type: 'string', maxLength: limits.labelValueLength },
});

/** An object of plain JSON: at most `limits.attributeDepth` deep, finite numbers, no member `__proto__`. */
export function plainObject(description: string) {
  return z.custom<Readonly<Record<string, unknown>>>(isPlainObject, 'not an object of plain JSON').meta({
    description: `${description} Any JSON object, at most ${limits.attributeDepth} levels deep.`,
    type: 'object',
  });
}
