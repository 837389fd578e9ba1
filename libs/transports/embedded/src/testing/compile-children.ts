import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));
const compiler = fileURLToPath(new URL('../../../../../node_modules/ts7/bin/tsc', import.meta.url));

/** Processes that a test starts run what was compiled: it must be the code that is tested. */
export function compileChildren(): void {
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-b', project], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`What the test would start does not compile:\n${stdout}`);
}
