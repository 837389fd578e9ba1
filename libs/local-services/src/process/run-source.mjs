// Runs a TypeScript source of this lib in a process of its own, for tests of what happens when that process ends:
//   node run-source.mjs <module below src> [<argument> …]
import { join } from 'node:path';
import { runnerImport } from 'vite';

const [module] = process.argv.splice(2, 1);
await runnerImport(join(import.meta.dirname, '..', module), {
  configFile: false,
  logLevel: 'error',
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] }, noExternal: [/@omninode\//] },
});
