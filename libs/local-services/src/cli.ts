import { runServices } from './services/run-services.js';

// `npm run services`. SIGINT and its like cancel a start that is under way; what is up by then stays up.
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interruption.abort());

process.exitCode = await runServices(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  signal: interruption.signal,
});
