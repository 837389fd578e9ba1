// `npm test`: every check of the project, and a last line that counts them. Arguments choose test files, as Vitest takes them.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const chosen = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0, notes: [] };

if (chosen.length === 0) {
  check(
    'format',
    ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
    'npm run format mends it.',
  );
  check('lint', ['tools/lint.mjs'], 'The lines above say what to change.');
  check('generated files are current', ['tools/generate.mjs', '--check'], 'npm run generate makes them.');
}
runTests();

for (const note of totals.notes) console.log(`skipped: ${note}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);

/** A step that passes or fails as a whole and counts as one test. */
function check(name, args, hint) {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (status === 0) totals.passed++;
  else totals.failed++;
  console.log(status === 0 ? `✓ ${name} ${seconds} s` : `✗ ${name}: ${hint}`);
}

function runTests() {
  const countsFile = join('node_modules', '.test-counts.json');
  rmSync(countsFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=./tools/count-reporter.mjs'];
  spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...chosen], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, OMNINODE_TEST_COUNTS: countsFile, NO_COLOR: '1' },
  });
  try {
    const counts = JSON.parse(readFileSync(countsFile, 'utf8'));
    for (const key of ['passed', 'failed', 'skipped']) totals[key] += counts[key];
    totals.notes.push(...counts.notes);
    if (counts.passed + counts.failed === 0) throw new Error('no test ran');
  } catch (error) {
    console.error(`✗ The tests did not come to their end: ${error.message}`);
    totals.failed++;
  } finally {
    rmSync(countsFile, { force: true });
  }
}
