import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unavailable } from '@omninode/local-services';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readShippedRules } from '../testing/shipped.js';
import { alertingArtifacts } from './artifacts.js';

const run = promisify(execFile);
const { rules } = readShippedRules();
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-promtool-'));
  for (const { path, content } of alertingArtifacts(rules)) {
    if (path.endsWith('.yml')) writeFileSync(join(folder, path.split('/').at(-1)!), content);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(unavailable('prometheus'))('promtool finds nothing wrong in the rule file', async () => {
  const levels = rules.reduce((sum, rule) => sum + rule.levels.length, 0);
  expect(await promtool('check', 'rules', 'omninode.rules.yml')).toContain(`SUCCESS: ${levels} rules found`);
});

test.skipIf(unavailable('prometheus'))('promtool agrees with the tests that the rules carry', async () => {
  expect(await promtool('test', 'rules', 'omninode.rules.test.yml')).toContain('SUCCESS');
});

async function promtool(...words: string[]): Promise<string> {
  const options = { cwd: folder, timeout: 60_000 };
  const { stdout } = await run('promtool', words, options).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`promtool ${words.join(' ')}: ${error.stdout}${error.stderr}`);
  });
  return stdout;
}
