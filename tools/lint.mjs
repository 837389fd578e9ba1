// `npm run lint`: oxlint over the whole tree, with warnings as errors.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  ['node_modules/oxlint/bin/oxlint', '--deny-warnings', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
