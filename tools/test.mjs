// `npm test`: every check of the project, and a last line that counts them. Arguments choose test files, as Vitest takes them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runChild } from './run-child.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Steps that pass or fail as a whole; each counts as one test. */
const checks = [
  {
    name: 'format',
    args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
    hint: 'npm run format mends it.',
  },
  { name: 'lint', args: ['tools/lint.mjs'], hint: 'The lines above say what to change.' },
  {
    name: 'project references are current',
    args: ['tools/sync-references.mjs', '--check'],
    hint: 'node tools/sync-references.mjs writes them.',
  },
  {
    name: 'generated files are current',
    args: ['tools/generate.mjs', '--check'],
    hint: 'npm run generate writes them; commit them.',
  },
];

const chosen = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0, notes: [], unsteady: [] };
/** Lines `SKIPPED: …` of the tests: what this machine lacks, and the way to get it. */
const lacking = new Set();
if (chosen.length === 0) for (const check of checks) await runCheck(check);
await runTests();

for (const note of totals.notes) console.log(`skipped: ${note}`);
for (const name of totals.unsteady) console.log(`passed only at its second try: ${name}`);
for (const reason of lacking) console.log(reason);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);

async function runCheck({ name, args, hint }) {
  const startedAt = performance.now();
  const code = await runNode(args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (code === 0) totals.passed++;
  else totals.failed++;
  console.log(code === 0 ? `✓ ${name} ${seconds} s` : `✗ ${name}: ${hint}`);
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const countsFile = join(folder, 'counts.json');
  // Real servers on a busy machine are late at times: CI tries twice, and what passes only then is named at the end.
  const retries = process.env.TEST_RETRIES ?? '0';
  const args = ['--reporter=default', `--reporter=${here('count-reporter.mjs')}`, `--retry=${retries}`, ...chosen];
  const env = { ...process.env, OMNINODE_TEST_COUNTS: countsFile, NO_COLOR: '1' };
  try {
    const code = await runNode([here('../node_modules/vitest/vitest.mjs'), 'run', ...args], {
      env,
      stdio: ['ignore', 'inherit', 'pipe'],
      onStarted: ({ stderr }) => passOn(stderr),
    });
    const counts = JSON.parse(readFileSync(countsFile, 'utf8'));
    for (const key of ['passed', 'failed', 'skipped']) totals[key] += counts[key];
    totals.notes.push(...counts.notes);
    totals.unsteady.push(...counts.unsteady);
    if (counts.passed + counts.failed + counts.skipped === 0) throw new Error('no test was found');
    if (code !== 0 && counts.failed === 0) throw new Error(`Vitest ended with code ${code}`);
  } catch (error) {
    console.error(`✗ The tests did not come to their end: ${error.message}`);
    totals.failed++;
  }
}

/** Shows what the tests say, and keeps why they skip. */
async function passOn(stderr) {
  for await (const line of createInterface({ input: stderr })) {
    console.error(line);
    if (line.startsWith('SKIPPED: ')) lacking.add(line);
  }
}

async function runNode(args, options) {
  const { code, signal } = await runChild(process.execPath, args, options);
  if (signal !== undefined) {
    console.error(`✗ Ended by ${signal} before the tests came to their end.`);
    process.exit(code === 0 ? 1 : code);
  }
  return code;
}
