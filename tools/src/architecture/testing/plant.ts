import type { RuleName } from '../rules.js';

/** A tree that breaks one rule: the files that it adds to the orderly ones, and a part of what must be said of it. */
export interface Plant {
  readonly rule: RuleName;
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly says: string;
}

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

/** A file of a pure lib. */
export const contract = (source: string) => ({ 'libs/contracts/src/x.ts': source });
/** A file of a collector. */
export const collector = (source: string) => ({ 'libs/collectors/database/src/x.ts': source });
/** A family of a collector. */
export const family = (source: string) => ({ 'libs/collectors/database/src/families/listed.ts': source });
