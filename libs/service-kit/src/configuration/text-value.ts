import { z } from 'zod';
import type { Setting } from './setting.js';

/**
 * The value that a text (variable, flag, file) means for a setting. A text that means none stays a text, and the schema
 * refuses it: nothing is coerced, so "" is no 0 and "yes" is no true.
 */
export function valueOfText(setting: Setting, text: string): unknown {
  const { core } = setting;
  if (core instanceof z.ZodNumber) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (core instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text;
  if (core instanceof z.ZodArray) return text.split(',').map((element) => element.trim());
  return text;
}
