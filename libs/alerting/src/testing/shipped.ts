import { readdirSync, readFileSync } from 'node:fs';
import type { KnownMetric, MetricCatalogue } from '../rules/catalogue.js';
import { parseRules } from '../rules/parse-rules.js';
import type { RuleProblem } from '../rules/problem.js';
import type { Rule } from '../rules/rule.js';
import { shippedRulesUrl } from '../shipped-rules-url.js';

/** The rules that come with the product, as the tests and the generators of this lib read them. */
export function readShippedRules(): { readonly rules: readonly Rule[]; readonly problems: readonly RuleProblem[] } {
  const catalogue = shippedMetrics();
  const files = readdirSync(shippedRulesUrl).filter((name) => name.endsWith('.yaml'));
  const parsed = files.sort().map((file) => {
    const text = readFileSync(new URL(file, shippedRulesUrl), 'utf8');
    return parseRules(text, { file, catalogue, runbooksUrl: 'http://localhost:8080/api/v1/runbooks/' });
  });
  return { rules: parsed.flatMap(({ rules }) => rules), problems: parsed.flatMap(({ problems }) => problems) };
}

export function shippedMetrics(): MetricCatalogue {
  const text = readFileSync(new URL('generated/metrics.json', shippedRulesUrl), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Readonly<Record<string, KnownMetric>>));
}
