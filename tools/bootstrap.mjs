// The door of every npm script: brings the machine to the state that a task needs, says what it does, then runs the task on
// Node 24. Runs on any Node >= 18 with nothing installed, so it has no dependency.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, fetchPackage } from '../libs/local-services/fetch-package.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lockFile = join(root, 'package-lock.json');
const installStamp = join(root, 'node_modules', '.installed-for');
const installLock = join(root, '.installing');

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
  services: { build: true, args: ['libs/local-services/dist/cli.js'] },
  bench: { build: true, args: ['tools/bench/run.mjs'] },
  generate: { build: true, args: ['tools/generate.mjs'] },
  build: { build: true },
  lint: { args: ['tools/lint.mjs'] },
  format: { args: ['node_modules/prettier/bin/prettier.cjs', '--write', '.'] },
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
if (!isInstalled()) await step('install dependencies', installAlone);
if (task.build) await step('build', build);
if (task.args) handOver(node, [...task.args, ...rest]);
if (task.command) handOver(task.command, rest);

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

/** Two installations at once would tear each other's files: the second waits, and finds its work done. */
async function installAlone() {
  while (!takeLock()) await new Promise((resolve) => setTimeout(resolve, 500));
  try {
    if (!isInstalled()) await install();
  } finally {
    rmSync(installLock, { recursive: true, force: true });
  }
}

/** A lock whose process is gone is nobody's. */
function takeLock() {
  try {
    mkdirSync(installLock);
    writeFileSync(join(installLock, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isRunning(holderOf(installLock))) rmSync(installLock, { recursive: true, force: true });
    return false;
  }
}

function holderOf(lock) {
  try {
    return Number(readFileSync(join(lock, 'pid'), 'utf8'));
  } catch {
    return process.pid; // It is being written: look again.
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function install() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // No install script is needed: every binary that we use ships inside its package.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await runOrFail(npm, args, 'Is the package registry reachable?');
  writeFileSync(installStamp, wantedInstall());
}

async function build() {
  await runOrFail(node, ['node_modules/ts7/bin/tsc', '-b'], 'The sources do not compile; the lines above say where.');
}

async function runOrFail(command, args, hint) {
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const outcome = await Promise.race([
    once(child, 'exit').then(([code, signal]) => ({ code, reason: signal ? `, ended by ${signal}` : '' })),
    once(child, 'error').then(([error]) => ({ code: 1, reason: `: ${error.message}` })),
  ]);
  if (outcome.code !== 0) fail(`${command} ${args.join(' ')} failed${outcome.reason}. ${hint}`);
}

/** Says what is being done while it lasts, and how long it took. On stderr: stdout belongs to the task. */
async function step(name, work) {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const begun = setTimeout(() => console.error(`… ${name}`), 700);
  const lasting = setInterval(() => console.error(`… ${name}, ${Math.round(seconds())} s so far`), 10_000);
  const result = await work();
  clearTimeout(begun);
  clearInterval(lasting);
  if (seconds() > 0.3) console.error(`✓ ${name} ${seconds().toFixed(1)} s`);
  return result;
}

/**
 * Runs the task in the foreground: its exit code is ours, and a signal that reaches us reaches it. npm does not pass on the
 * signal that ends it, so when our parent is gone the task is ended too.
 */
function handOver(command, args) {
  const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
  const parent = process.ppid;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const orphaned = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(orphaned);
    child.kill('SIGTERM');
  }, 500);
  child.on('error', (error) => fail(`${command} did not start: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

function fail(message) {
  console.error(`✗ ${message}`);
  process.exit(1);
}
