import { startPostgres } from '../postgres/postgres.js';

// For the tests of what happens to a server when its starter ends: starts one, says which, and waits.
const server = await startPostgres();
if (process.argv[2] === 'detach') server.detach();
if (process.argv[2] === 'kill') await server.kill();
console.log(JSON.stringify({ process: server.identity, dataFolder: server.dataFolder }));
setInterval(() => undefined, 60_000);
