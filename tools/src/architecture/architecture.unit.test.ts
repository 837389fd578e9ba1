import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  dependenciesAreDeclared,
  everyProjectHasALayer,
  importsFollowTheTable,
  noCycles,
  noDeepImports,
} from './import-rules.js';
import { readTree, treeOf } from './source-tree.js';
import {
  environmentInOneLib,
  familiesAreListed,
  lockFileHasNoAddresses,
  noExportStar,
  noFocusedTests,
  noFoldersForAnything,
  noLongFiles,
  noUnfinishedWork,
  noVanishingErrors,
  pureFilesHaveNoClock,
  readmeIsShort,
} from './text-rules.js';
import { describe, type Rule } from './violation.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const real = readTree(root);

/** Small projects to plant violations in. */
const projects: Record<string, string> = {
  'libs/contracts/package.json': '{"name":"@omninode/contracts","dependencies":{"zod":"1"}}',
  'libs/contracts/src/index.ts': "import { z } from 'zod';",
  'libs/collectors/database/package.json':
    '{"name":"@omninode/collector-database","dependencies":{"@omninode/contracts":"1","pg":"1"}}',
  'libs/collectors/database/src/a.reader.ts': "import pg from 'pg';\nimport '@omninode/contracts';",
  'libs/collectors/database/src/families.ts': "import './families/listed.js';",
  'libs/collectors/cache/package.json': '{"name":"@omninode/collector-cache"}',
  'package.json': '{"devDependencies":{"vitest":"1"}}',
};

/** Each rule, what breaks it, and a word of what it must say. */
const plants: readonly (readonly [name: string, rule: Rule, files: Record<string, string>, says: string])[] = [
  [
    'a project without a layer',
    everyProjectHasALayer,
    { 'elsewhere/thing/package.json': '{"name":"x"}' },
    'in no layer',
  ],
  [
    'a collector that imports another',
    importsFollowTheTable,
    { 'libs/collectors/database/src/x.ts': "import '@omninode/collector-cache';" },
    'may not import',
  ],
  [
    'kafkajs outside of its lib',
    importsFollowTheTable,
    { 'libs/collectors/database/src/x.reader.ts': "import kafkajs from 'kafkajs';" },
    'may not use kafkajs',
  ],
  [
    'a driver outside of a reader',
    importsFollowTheTable,
    { 'libs/collectors/database/src/families/x.ts': "import pg from 'pg';" },
    '*.reader.ts only',
  ],
  [
    'Nest outside of a module',
    importsFollowTheTable,
    { 'libs/collectors/database/src/x.ts': "import '@nestjs/common';" },
    '*.module.ts only',
  ],
  [
    'contracts that import a kit',
    importsFollowTheTable,
    { 'libs/contracts/src/x.ts': "import '@omninode/collector-cache';" },
    'may not import',
  ],
  [
    'an import behind the door',
    noDeepImports,
    { 'libs/contracts/src/x.ts': "import '@omninode/contracts/dist/x.js';" },
    'behind the door',
  ],
  [
    'an undeclared dependency',
    dependenciesAreDeclared,
    { 'libs/contracts/src/x.ts': "import 'yaml';" },
    'yaml is not a dependency',
  ],
  [
    'a dependency that nobody uses',
    dependenciesAreDeclared,
    { 'libs/contracts/package.json': '{"name":"@omninode/contracts","dependencies":{"zod":"1","yaml":"1"}}' },
    'never imported',
  ],
  [
    'a cycle',
    noCycles,
    { 'libs/contracts/src/x.ts': "import './y.js';", 'libs/contracts/src/y.ts': "export { x } from './x.js';" },
    'in a circle',
  ],
  ['a long file', noLongFiles, { 'libs/contracts/src/x.ts': 'x;\n'.repeat(301) }, '301 lines'],
  ['a folder for anything', noFoldersForAnything, { 'libs/contracts/src/utils/x.ts': '' }, 'can hold anything'],
  ['a clock in a pure lib', pureFilesHaveNoClock, { 'libs/contracts/src/x.ts': 'Date.now();' }, 'pure file'],
  [
    'chance in a family',
    pureFilesHaveNoClock,
    { 'libs/collectors/database/src/families/x.ts': 'Math.random();' },
    'pure file',
  ],
  ['process.env in a lib', environmentInOneLib, { 'libs/contracts/src/x.ts': 'process.env.X;' }, 'service-kit only'],
  ['export *', noExportStar, { 'libs/contracts/src/x.ts': "export * from './y.js';" }, 'by name'],
  [
    'unfinished work',
    noUnfinishedWork,
    { 'libs/contracts/src/x.ts': `// ${['TO', 'DO'].join('')} later` },
    'finish it',
  ],
  [
    'a focused test',
    noFocusedTests,
    { 'libs/contracts/src/x.unit.test.ts': `test.${'only'}('x', f);` },
    'keeps other tests',
  ],
  ['an error that vanishes', noVanishingErrors, { 'libs/contracts/src/x.ts': 'try { f(); } catch {}' }, 'vanishes'],
  ['a long README', readmeIsShort, { 'README.md': 'x\n'.repeat(81) }, '81 lines'],
  [
    'addresses in the lock file',
    lockFileHasNoAddresses,
    { 'package-lock.json': '{"resolved": "https://registry.example/x.tgz"}' },
    'download addresses',
  ],
  [
    'a family that is not listed',
    familiesAreListed,
    { 'libs/collectors/database/src/families/x.ts': '' },
    'nobody reads it',
  ],
];

test.each(plants)('%s is caught', (_name, rule, files, says) => {
  const planted = treeOf(new Map(Object.entries({ ...projects, ...files })));
  const clean = treeOf(new Map(Object.entries(projects)));
  expect(rule(clean).map(describe)).toEqual([]);
  expect(rule(planted).map(describe).join('\n')).toContain(says);
});

test.each([...new Set(plants.map(([, rule]) => rule))].map((rule) => [nameOf(rule), rule] as const))(
  'the project keeps the rule of "%s"',
  (_name, rule) => {
    expect(rule(real).map(describe)).toEqual([]);
  },
);

function nameOf(rule: Rule): string {
  return plants.find(([, candidate]) => candidate === rule)?.[0] ?? '';
}
