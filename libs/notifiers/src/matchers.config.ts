import { z } from 'zod';
import { parseMatcher, type Matcher } from './lifecycle/matcher.js';

/** A setting with matchers in text: `severity=critical`, `target=~orders-.*`. */
export function matcherList({ min = 1 }: { readonly min?: number } = {}) {
  return z
    .array(
      z.string().max(1_200).meta({ expects: 'a matcher: label=value, label!=value, label=~pattern or label!~pattern' }),
    )
    .min(min)
    .max(32)
    .superRefine((texts, context) => {
      for (const [index, text] of texts.entries()) {
        const parsed = parseMatcher(text);
        if ('problem' in parsed) context.addIssue({ code: 'custom', path: [index], message: parsed.problem });
      }
    })
    .transform((texts): readonly Matcher[] => texts.flatMap(toMatcher))
    .meta({ expects: 'a list of matchers, such as ["severity=critical", "target=~orders-.*"]' });
}

function toMatcher(text: string): Matcher[] {
  const read = parseMatcher(text);
  return 'matcher' in read ? [read.matcher] : [];
}
