import type { RuleName } from './rules.js';

/** Two small projects in order. A plant adds to them what breaks one rule. */
export const orderlyFiles: Readonly<Record<string, string>> = {
  'package.json': '{"devDependencies":{"vitest":"1"}}',
  'libs/contracts/package.json': '{"name":"@omninode/contracts","dependencies":{"zod":"1"}}',
  'libs/contracts/src/index.ts': "import { z } from 'zod';\nexport { z };",
  'libs/collectors/cache/package.json': '{"name":"@omninode/collector-cache"}',
  'libs/collectors/database/package.json':
    '{"name":"@omninode/collector-database","dependencies":{"@omninode/contracts":"1","pg":"1"}}',
  'libs/collectors/database/src/database.reader.ts': "import { connect } from 'node:net';\nimport pg from 'pg';",
  'libs/collectors/database/src/families.ts': "import { listed } from './families/listed.js';",
  'libs/collectors/database/src/families/listed.ts':
    "import { z } from '@omninode/contracts';\nexport const listed = z;",
  // What looks like a violation and is none.
  'libs/contracts/src/quiet.ts': [
    '// Not Date.now() but an argument; export * is for nobody, nor is process.env.',
    "export const text = 'new Date()';",
    'export const at = new Date(0);',
    'try { run(); } catch { /* It may be gone by now. */ }',
    'run().catch(() => undefined); // whoever waits for it is told',
  ].join('\n'),
};

/** A tree that breaks one rule: the files that it adds to the orderly ones, and a part of what must be said of it. */
export interface Plant {
  readonly rule: RuleName;
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly says: string;
}

const contract = (source: string) => ({ 'libs/contracts/src/x.ts': source });
const collector = (source: string) => ({ 'libs/collectors/database/src/x.ts': source });
const family = (source: string) => ({ 'libs/collectors/database/src/families/listed.ts': source });

export const plants: readonly Plant[] = [
  {
    rule: 'every-project-has-a-layer',
    what: 'a project without a layer',
    files: { 'elsewhere/thing/package.json': '{"name":"x"}' },
    says: 'elsewhere/thing/package.json:1 every-project-has-a-layer: This project is in no layer',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'a collector that imports another',
    files: collector("\nimport '@omninode/collector-cache';"),
    says: 'libs/collectors/database/src/x.ts:2 imports-follow-the-table: Layer collectors may not import',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'a test of a collector that imports another',
    files: { 'libs/collectors/database/src/x.unit.test.ts': "import '@omninode/collector-cache';" },
    says: 'may not import @omninode/collector-cache',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'a dynamic import of another collector',
    files: collector("await import('@omninode/collector-cache');"),
    says: 'may not import @omninode/collector-cache',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'a type of another collector',
    files: collector("export type X = import('@omninode/collector-cache').X;"),
    says: 'may not import @omninode/collector-cache',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'kafkajs outside of its lib',
    files: { 'libs/collectors/database/src/x.reader.ts': "import kafkajs from 'kafkajs';" },
    says: 'Layer collectors may not use kafkajs',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'kafkajs in a test outside of its lib',
    files: { 'libs/collectors/database/src/x.int.test.ts': "import kafkajs from 'kafkajs';" },
    says: 'Layer collectors may not use kafkajs',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'the link to Kafka in another collector',
    files: {
      'libs/kafka-link/package.json': '{"name":"@omninode/kafka-link"}',
      ...collector("import '@omninode/kafka-link';"),
    },
    says: 'Layer collectors may not import @omninode/kafka-link',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'a driver outside of a reader',
    files: family("import pg from 'pg';"),
    says: 'pg may be used in files *.reader.ts only',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'Nest outside of a module',
    files: collector("import '@nestjs/common';"),
    says: '@nestjs/common may be used in files *.module.ts only',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'contracts that import a collector',
    files: contract("import '@omninode/collector-cache';"),
    says: 'Layer contracts may not import',
  },
  {
    rule: 'imports-follow-the-table',
    what: 'a lib that imports the tools',
    files: { 'tools/package.json': '{"name":"@omninode/tools"}', ...contract("export { x } from '@omninode/tools';") },
    says: 'Layer contracts may not import @omninode/tools',
  },
  {
    rule: 'node-modules-follow-the-table',
    what: 'files in a pure lib',
    files: contract("import { readFileSync } from 'node:fs';"),
    says: 'node:fs in a pure lib',
  },
  {
    rule: 'node-modules-follow-the-table',
    what: 'a connection outside of a reader',
    files: family("import { connect } from 'node:net';"),
    says: 'only *.reader.ts talks to the source',
  },
  {
    rule: 'node-modules-follow-the-table',
    what: 'a second SQLite file',
    files: collector("import { DatabaseSync } from 'node:sqlite';"),
    says: 'node:sqlite is used in libs/transports/embedded/',
  },
  {
    rule: 'no-deep-imports',
    what: 'an import behind the door',
    files: collector("import '@omninode/contracts/dist/x.js';"),
    says: 'behind the door',
  },
  {
    rule: 'no-imports-across-projects',
    what: 'a relative path into another project',
    files: collector("import '../../cache/src/x.js';"),
    says: 'leaves libs/collectors/database',
  },
  {
    rule: 'dependencies-are-declared',
    what: 'an undeclared dependency',
    files: contract("import 'yaml';"),
    says: 'yaml is not a dependency',
  },
  {
    rule: 'dependencies-are-declared',
    what: "the root's package outside of a test",
    files: contract("import 'vitest';"),
    says: 'vitest is not a dependency',
  },
  {
    rule: 'dependencies-are-declared',
    what: 'a dependency that nobody uses',
    files: { 'libs/contracts/package.json': '{"name":"@omninode/contracts","dependencies":{"zod":"1","yaml":"1"}}' },
    says: 'yaml is declared and never imported',
  },
  {
    rule: 'no-cycles',
    what: 'a circle of two files',
    files: { ...contract("import './y.js';"), 'libs/contracts/src/y.ts': "export { x } from './x.js';" },
    says: 'libs/contracts/src/x.ts → libs/contracts/src/y.ts → libs/contracts/src/x.ts',
  },
  {
    rule: 'no-cycles',
    what: 'a file that enters its own lib by the door',
    files: {
      ...contract("import { z } from '@omninode/contracts';\nexport const x = z;"),
      'libs/contracts/src/index.ts': "export { x } from './x.js';\nexport { z } from 'zod';",
    },
    says: 'libs/contracts/src/index.ts → libs/contracts/src/x.ts',
  },
  {
    rule: 'pure-files-have-no-clock',
    what: 'the clock in a pure lib',
    files: contract('export const at = () => Date.now();'),
    says: 'Date.now in a pure file',
  },
  {
    rule: 'pure-files-have-no-clock',
    what: 'the date in a mapping',
    files: { 'libs/collectors/cache/src/to-measurements.ts': 'export const at = new Date();' },
    says: 'new Date() in a pure file',
  },
  {
    rule: 'pure-files-have-no-clock',
    what: 'chance in a family',
    files: family('export const listed = Math.random();'),
    says: 'Math.random in a pure file',
  },
  {
    rule: 'pure-files-have-no-clock',
    what: 'a stopwatch in a pure lib',
    files: contract('export const at = () => performance.now();'),
    says: 'performance.now in a pure file',
  },
  {
    rule: 'pure-files-have-no-clock',
    what: 'a timer in a pure lib',
    files: contract('setTimeout(() => undefined, 1);'),
    says: 'setTimeout() in a pure file',
  },
  {
    rule: 'environment-in-one-lib',
    what: 'process.env in a collector',
    files: collector('export const url = process.env.URL;'),
    says: 'libs/service-kit only',
  },
  {
    rule: 'network-in-readers-only',
    what: 'a request outside of a reader',
    files: family('export const listed = await fetch(address);'),
    says: 'only *.reader.ts talks',
  },
  { rule: 'no-export-star', what: 'export *', files: contract("export * from './y.js';"), says: 'export by name' },
  {
    rule: 'no-export-star',
    what: 'export * as one name',
    files: contract("export * as y from './y.js';"),
    says: 'export by name',
  },
  {
    rule: 'no-vanishing-errors',
    what: 'an empty catch',
    files: contract('try { run(); } catch (error) {}'),
    says: 'An error vanishes',
  },
  {
    rule: 'no-vanishing-errors',
    what: 'a dropped rejection',
    files: contract('export function go() {\n  run().catch(() => undefined);\n}'),
    says: 'libs/contracts/src/x.ts:2 no-vanishing-errors: A rejection vanishes',
  },
  ...(['only', 'skip', 'todo'] as const).map((word): Plant => ({
    rule: 'no-focused-tests',
    what: `test.${word}`,
    files: { 'libs/contracts/src/x.unit.test.ts': `test.${word}('x', run);` },
    says: `test.${word} keeps tests from running`,
  })),
  { rule: 'no-long-files', what: 'a long file', files: contract('x;\n'.repeat(301)), says: '301 lines, more than 300' },
  {
    rule: 'no-long-files',
    what: 'an app that does more than choose',
    files: { 'apps/x/src/main.ts': 'x;\n'.repeat(61) },
    says: '61 lines, more than 60',
  },
  {
    rule: 'no-names-for-anything',
    what: 'a folder for anything',
    files: { 'libs/contracts/src/utils/x.ts': '' },
    says: 'utils can hold anything',
  },
  {
    rule: 'no-names-for-anything',
    what: 'a file for anything',
    files: { 'libs/contracts/src/helpers.ts': '' },
    says: 'helpers.ts can hold anything',
  },
  {
    rule: 'files-are-named-by-role',
    what: 'a test of no kind',
    files: { 'libs/contracts/src/x.test.ts': '' },
    says: 'rename it',
  },
  {
    rule: 'files-are-named-by-role',
    what: 'a role of its own',
    files: { 'libs/contracts/src/x.manager.ts': '' },
    says: 'rename it',
  },
  {
    rule: 'no-unfinished-work',
    what: 'unfinished work',
    files: contract(`\n// ${['TO', 'DO'].join('')} later`),
    says: 'libs/contracts/src/x.ts:2 no-unfinished-work',
  },
  { rule: 'readme-is-short', what: 'a long README', files: { 'README.md': 'x\n'.repeat(81) }, says: '81 lines' },
  {
    rule: 'lock-file-has-no-addresses',
    what: 'addresses in the lock file',
    files: { 'package-lock.json': '{\n"resolved": "https://registry.example/x.tgz"}' },
    says: 'package-lock.json:2 lock-file-has-no-addresses',
  },
  {
    rule: 'families-are-listed',
    what: 'a family that is not listed',
    files: { 'libs/collectors/database/src/families/x.ts': '' },
    says: 'Nobody reads this family',
  },
];
