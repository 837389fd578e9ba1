// `npm run generate`: writes what is derived from the code; `--check` only compares, and names what is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { aggregatorConfig } from '@omninode/aggregator';
import { databaseConfig } from '@omninode/collector-database';
import { contractArtifacts } from '@omninode/contracts';
import { metricsReference } from '@omninode/dashboards';
import { configurationReference } from '@omninode/service-kit';
import { kafkaBusConfig } from '@omninode/transport-kafka';
import { z } from 'zod';
import { contributingWithTable } from './dist/architecture/dependency-table.js';

const sections = {
  bus: kafkaBusConfig,
  aggregator: aggregatorConfig,
  collectors: z.object({ database: databaseConfig }),
};
const artifacts = [
  ...contractArtifacts(),
  { path: 'docs/reference/configuration.md', content: configurationReference(sections) },
  { path: 'docs/reference/metrics.md', content: metricsReference() },
  { path: 'CONTRIBUTING.md', content: contributingWithTable(readFileSync('CONTRIBUTING.md', 'utf8')) },
];

const stale = artifacts.filter(({ path, content }) => !existsSync(path) || readFileSync(path, 'utf8') !== content);
if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is not what the code says.`);
  process.exit(stale.length === 0 ? 0 : 1);
}
for (const { path, content } of stale) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  console.log(`wrote ${path}`);
}
