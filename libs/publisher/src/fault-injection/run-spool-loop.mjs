// Runs spool-loop.ts in a process of its own, to be killed: node run-spool-loop.mjs <folder> <target> <round> <seed>
import { join } from 'node:path';
import { runnerImport } from 'vite';

await runnerImport(join(import.meta.dirname, 'spool-loop.ts'), {
  configFile: false,
  logLevel: 'error',
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] }, noExternal: [/@omninode\//] },
});
