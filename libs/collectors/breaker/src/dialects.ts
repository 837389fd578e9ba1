import { declared } from './dialects/dialect.js';
import type { Dialect } from './dialects/dialect.js';
import { envoy } from './dialects/envoy.js';
import { microprofile } from './dialects/microprofile.js';
import { opossum } from './dialects/opossum.js';
import { polly } from './dialects/polly.js';
import { resilience4j } from './dialects/resilience4j.js';
import { unmapped } from './dialects/unmapped.js';
import type { Rule } from './exposition/rule.js';

/** All that we know; `unmapped` is last, so that it gets what no other takes. */
export const dialects: readonly Dialect[] = [resilience4j, microprofile, envoy, opossum, polly, unmapped];

/** The rules of a target come before ours. */
export function dialectsWith(rules: readonly Rule[]): readonly Dialect[] {
  return rules.length === 0 ? dialects : [{ library: declared, rules }, ...dialects];
}
