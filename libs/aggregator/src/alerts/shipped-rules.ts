import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { shippedRulesUrl, type KnownMetric, type MetricCatalogue } from '@omninode/alerting';
import type { RuleFolder } from './rule-files.js';

/** The rules that come with the product. */
export const shippedRules: RuleFolder = { path: fileURLToPath(shippedRulesUrl), name: 'shipped' };

/** The metrics of all parts of the product: generated, because an aggregator knows no collector. */
export function shippedCatalogue(): MetricCatalogue {
  const text = readFileSync(new URL('generated/metrics.json', shippedRulesUrl), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Readonly<Record<string, KnownMetric>>));
}
