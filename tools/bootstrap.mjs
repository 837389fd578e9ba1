// The door of every npm script: brings the machine to the state that a task needs, says what it does, then runs the task on
// Node 24. Runs on any Node >= 18 with nothing installed, so it has no dependency.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, fetchPackage } from '../libs/local-services/fetch-package.mjs';
import { takeLock } from './lock-file.mjs';
import { runChild } from './run-child.mjs';
import { step } from './step.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lockFile = join(root, 'package-lock.json');
const installStamp = join(root, 'node_modules', '.installed-for');
/** Held while files that every command uses are written: node_modules and the compiled services. */
const preparing = join(root, '.installing');

const node24 = '24.21.0';
/** Node's binary as the registry has it, by platform. A platform that is not here needs its own Node >= 24. */
const nodePackages = {
  'linux-x64': 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'linux-arm64': 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'win-x64': 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
};

/** Each task: whether it needs the compiled services, and what runs on Node 24. */
const tasks = {
  start: { build: true, args: ['apps/all-in-one/dist/main.js'] },
  test: { build: true, args: ['tools/test.mjs'] },
  'test:compose': { args: ['tools/test-compose.mjs'] },
  mesh: { build: true, args: ['tools/mesh.mjs'] },
  services: { build: true, args: ['libs/local-services/dist/cli.js'] },
  bench: { build: true, args: ['tools/bench/run.mjs'] },
  generate: { build: true, args: ['tools/generate.mjs'] },
  build: { build: true },
  lint: { args: ['tools/lint.mjs'] },
  format: { args: ['node_modules/prettier/bin/prettier.cjs', '--write', '.'] },
  nx: { args: ['node_modules/nx/dist/bin/nx.js'] },
  shell: { command: process.env.SHELL ?? 'sh' },
};

const [taskName = '', ...rest] = process.argv.slice(2);
const task = tasks[taskName];
if (!task) fail(`There is no task "${taskName}". Known: ${Object.keys(tasks).join(', ')}.`);

const node = await step(`Node ${node24}`, findNode);
const env = {
  ...process.env,
  PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
};
if (task.build || !isInstalled()) await prepareAlone();
if (task.args) await handOver(node, [...task.args, ...rest]);
if (task.command) await handOver(task.command, rest);

async function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const integrity = nodePackages[platform];
  if (!integrity) {
    fail(
      `This is Node ${process.versions.node}; OmniNode Mesh runs on Node 24. Install Node 24 (https://nodejs.org) and try again.`,
    );
  }
  const folder = await fetchPackage({ name: `node-${platform}`, version: node24, integrity }).catch((error) =>
    fail(
      `Node ${node24} could not be fetched into ${cacheFolder()}: ${error.message}. Install Node 24 yourself, or try again with the network up.`,
    ),
  );
  return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Two installations or builds at once would tear each other's files: the second waits, and finds its work done. */
async function prepareAlone() {
  const release = await takeLock(preparing, (holder) =>
    console.error(
      `… process ${holder} installs or builds here: waiting for it (if there is no such process, delete ${preparing})`,
    ),
  );
  process.once('exit', release);
  if (!isInstalled()) await step('install dependencies', install);
  if (task.build) await step('build', build);
  release();
}

/** `npm ci` is due when the lock file, the platform or the architecture differs from what was installed last. */
function wantedInstall() {
  return createHash('sha256')
    .update(readFileSync(lockFile))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex');
}

function isInstalled() {
  return existsSync(installStamp) && readFileSync(installStamp, 'utf8') === wantedInstall();
}

async function install() {
  // No install script is needed: every binary that we use ships inside its package.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await runOrFail('npm', args, 'Is the package registry reachable, and is there room on the disk? Then try again.');
  writeFileSync(installStamp, wantedInstall());
}

async function build() {
  await runOrFail(node, ['node_modules/ts7/bin/tsc', '-b'], 'The sources do not compile; the lines above say where.');
}

async function runOrFail(command, args, hint) {
  const shown = `${command} ${args.join(' ')}`;
  const { code, signal } = await run(command, args, ['ignore', 'inherit', 'inherit']);
  if (signal !== undefined) fail(`${shown} was ended by ${signal}.`, code === 0 ? 1 : code);
  if (code !== 0) fail(`${shown} failed with code ${code}. ${hint}`);
}

/** Runs the task in the foreground: its exit code is ours. */
async function handOver(command, args) {
  const { code } = await run(command, args, 'inherit');
  process.exit(code);
}

function run(command, args, stdio) {
  // On Windows npm is a script, which only a shell starts.
  const shell = command === 'npm' && process.platform === 'win32';
  return runChild(command, args, { cwd: root, env, stdio, shell }).catch((error) =>
    fail(`${command} did not start: ${error.message}.`),
  );
}

function fail(message, code = 1) {
  console.error(`✗ ${message}`);
  process.exit(code);
}
