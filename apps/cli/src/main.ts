/** `omninode`: looks at what the mesh would watch, and at what goes over its bus. */
import { readFileSync } from 'node:fs';
import { runCommandLine } from './command-line/run-command-line.js';
import { standardOutput } from './command-line/standard-output.js';
import { doctor } from './doctor/doctor.js';
import { tail } from './tail/tail.js';

const stop = new AbortController();
let signalCode: number | undefined;
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  process.on(signal, () => {
    // A second one is for those who can't wait.
    if (signalCode !== undefined) process.exit(128 + number);
    signalCode = 128 + number;
    stop.abort();
  });
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const exitCode = await runCommandLine([doctor, tail], process.argv.slice(2), version, {
  out: standardOutput(process.stdout, () => stop.abort()),
  tell: (line) => process.stderr.write(`${line}\n`),
  signal: stop.signal,
});
process.exit(signalCode ?? exitCode);
