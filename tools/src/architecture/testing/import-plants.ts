import { collector, contract, family, type Plant } from './plant.js';

/** What may import what. */
export const importPlants: readonly Plant[] = [
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
];
