// `npm run test:compose`: runs docker-compose.yml on a Docker engine and checks that it does what it is for. Takes some minutes.
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { checks, leavesNothing } from './compose/checks.mjs';
import { findEngine } from './compose/engine.mjs';
import { openProject } from './compose/project.mjs';
import { runCheck, runChecks, timesTable } from './compose/run-checks.mjs';

const usage = `npm run test:compose -- [--no-build] [--file FILE]…

  --no-build   takes the images that are here
  --file FILE  a further compose file, laid over docker-compose.yml; as often as needed

It runs under a project name and on ports of its own, and removes all of it at the end.`;

const options = readOptions();
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (ending.signal.aborted) return;
    console.log(`… ${signal}: everything is taken down`);
    ending.abort(Object.assign(new Error(`ended by ${signal}`), { endSignal: signal }));
  });
}

const engine = await findEngine(ending.signal).catch((error) => ({ missing: error.message }));
if (engine.missing) {
  console.log(`SKIPPED: ${engine.missing}`);
  finish([{ state: 'skipped' }]);
}

const project = open();
console.log(`${engine.version}, project ${project.name}`);
const scene = { project, options, signal: ending.signal };
const results = await runChecks(checks, scene);
// Whatever happened before, and also when a signal ended it.
results.push(await runCheck(leavesNothing, { ...scene, signal: new AbortController().signal }));
console.log(`\n${timesTable(results)}\n`);
finish(results);

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        'no-build': { type: 'boolean', default: false },
        file: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const absent = values.file.find((file) => !existsSync(file));
    if (absent) throw new Error(`There is no file ${absent}.`);
    return { build: !values['no-build'], files: values.file };
  } catch (error) {
    console.error(`✗ ${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

function open() {
  try {
    return openProject({ ...engine, files: options.files, signal: ending.signal });
  } catch (error) {
    console.error(`✗ ${error.message}`);
    return finish([{ state: 'failed' }]);
  }
}

function finish(all) {
  const count = (state) => all.filter((result) => result.state === state).length;
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  if (ending.signal.aborted) process.exit(128 + constants.signals[ending.signal.reason.endSignal]);
  process.exit(count('failed') === 0 ? 0 : 1);
}
