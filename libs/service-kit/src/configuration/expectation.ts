import { z } from 'zod';
import { discriminatorValues, unwrap } from './schema-shape.js';

/** What a value must be, in words that complete "it must be …". */
export function expectationOf(schema: z.ZodType): string {
  const { core, meta } = unwrap(schema);
  if (meta.expects) return meta.expects;
  if (core instanceof z.ZodNumber) return numberExpectation(core);
  if (core instanceof z.ZodBoolean) return 'true or false';
  if (core instanceof z.ZodEnum) return oneOf(core.options);
  if (core instanceof z.ZodLiteral) return oneOf([...core.values]);
  if (core instanceof z.ZodString) return core.minLength ? 'text that is not empty' : 'text';
  if (core instanceof z.ZodArray) return `a list, each element ${expectationOf(core.element as unknown as z.ZodType)}`;
  if (core instanceof z.ZodRecord) return `names, each with ${expectationOf(core.valueType as unknown as z.ZodType)}`;
  if (core instanceof z.ZodObject) return `a group with the keys ${Object.keys(core.shape).join(', ')}`;
  if (core instanceof z.ZodDiscriminatedUnion) {
    return `a group whose ${core.def.discriminator} is ${oneOf(discriminatorValues(core))}`;
  }
  return 'another value';
}

function numberExpectation(core: z.ZodNumber): string {
  const noun = core.isInt ? 'a whole number' : 'a number';
  const { minValue, maxValue } = core;
  // Without bounds of its own, zod's whole numbers report the safe integers.
  const hasMin = minValue !== null && minValue > Number.MIN_SAFE_INTEGER;
  const hasMax = maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER;
  if (hasMin && hasMax) return `${noun} from ${minValue} to ${maxValue}`;
  if (hasMin) return `${noun}, at least ${minValue}`;
  return hasMax ? `${noun}, at most ${maxValue}` : noun;
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}
