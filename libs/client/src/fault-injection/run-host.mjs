// Runs host.ts in a process of its own, to see it end: node run-host.mjs <what it does> <url of the mesh>
import { join } from 'node:path';
import { runnerImport } from 'vite';

await runnerImport(join(import.meta.dirname, 'host.ts'), {
  configFile: false,
  logLevel: 'error',
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] }, noExternal: [/@omninode\//] },
});
