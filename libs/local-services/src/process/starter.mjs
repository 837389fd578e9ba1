// For the tests of what happens to a server when its starter ends: a process of its own that starts one from the sources,
// prints what the test needs to know, and then waits.
//   node starter.mjs <module> <start function> <options as JSON> [<property to print> …]
import { join } from 'node:path';
import { runnerImport } from 'vite';

const [module, start, options, ...properties] = process.argv.slice(2);
const { module: sources } = await runnerImport(join(import.meta.dirname, '..', module), {
  configFile: false,
  logLevel: 'error',
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] }, noExternal: [/@omninode\//] },
});
const server = await sources[start](JSON.parse(options));
console.log(JSON.stringify(Object.fromEntries(properties.map((property) => [property, server[property]]))));
setInterval(() => undefined, 60_000);
