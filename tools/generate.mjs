// `npm run generate`: writes what is derived from the code, and removes what no longer is. `--check` only compares: it names
// what is stale, left over or not committed.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aggregatorSections } from '@omninode/aggregator';
import { breakerConfig, breakerTargetOptions } from '@omninode/collector-breaker';
import { cacheConfig, cacheTargetOptions } from '@omninode/collector-cache';
import { databaseConfig, databaseTargetOptions } from '@omninode/collector-database';
import { kafkaConfig, kafkaTargetOptions } from '@omninode/collector-kafka';
import { contractArtifacts } from '@omninode/contracts';
import { alertArtifacts, dashboardArtifacts, metricsReference, provisioningArtifacts } from '@omninode/dashboards';
import { configurationReference } from '@omninode/service-kit';
import { apiReference, everyRoute, openApiDocument } from '@omninode/mesh-api';
import { kafkaBusConfig } from '@omninode/transport-kafka';
import { z } from 'zod';
import { contributingWithTable } from './dist/architecture/dependency-table.js';

// Another folder is for the test of this program.
const root = process.env.OMNINODE_GENERATE_IN ?? join(dirname(fileURLToPath(import.meta.url)), '..');
/** In these folders every file is generated. */
const generatedFolders = ['docs/reference', 'docs/runbooks', 'dashboards/grafana', 'dashboards/provisioning'];

const sections = {
  bus: kafkaBusConfig,
  ...aggregatorSections,
  collectors: z.object({ database: databaseConfig, kafka: kafkaConfig, cache: cacheConfig, breaker: breakerConfig }),
};
const targetOptions = {
  database: databaseTargetOptions,
  kafka: kafkaTargetOptions,
  cache: cacheTargetOptions,
  breaker: breakerTargetOptions,
};
const artifacts = [
  ...contractArtifacts(),
  { path: 'docs/reference/configuration.md', content: configurationReference(sections, targetOptions) },
  { path: 'docs/reference/api.md', content: apiReference(everyRoute) },
  {
    path: 'docs/reference/api/openapi.json',
    content: `${JSON.stringify(openApiDocument(everyRoute), null, 2)}\n`,
  },
  { path: 'docs/reference/metrics.md', content: metricsReference() },
  ...alertArtifacts(),
  ...dashboardArtifacts(),
  ...provisioningArtifacts(),
  { path: 'CONTRIBUTING.md', content: contributingWithTable(read('CONTRIBUTING.md') ?? '') },
];

const stale = artifacts.filter(({ path, content }) => read(path) !== content);
const paths = new Set(artifacts.map(({ path }) => path));
const leftOver = globSync(
  generatedFolders.map((folder) => `${folder}/**/*.*`),
  { cwd: root },
).filter((path) => !paths.has(path));

if (process.argv.includes('--check')) check();
else write();

function check() {
  const problems = [
    ...stale.map(({ path }) => `${path} is not what the code says.`),
    ...leftOver.map((path) => `${path} is left over: nothing generates it.`),
    ...untracked().map((path) => `${path} is not committed.`),
  ];
  for (const problem of problems) console.error(problem);
  process.exit(problems.length === 0 ? 0 : 1);
}

function write() {
  for (const { path, content } of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    console.log(`wrote ${path}`);
  }
  for (const path of leftOver) {
    rmSync(join(root, path));
    console.log(`removed ${path}`);
  }
}

/** Generated files that git does not know; none where there is no repository, as in an unpacked archive. */
function untracked() {
  const { status, stdout } = spawnSync('git', ['ls-files', '--others', '-z', '--', ...paths], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.split('\0').filter(Boolean) : [];
}

function read(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}
