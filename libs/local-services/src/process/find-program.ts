import { spawnSync } from 'node:child_process';

/** The path of the first of these programs that is installed; absent when none is. */
export function findProgram(...names: readonly string[]): string | undefined {
  // Servers are often where a normal user's PATH does not look: Debian's in sbin, Homebrew's in its own folder.
  const script =
    'PATH="$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"; for name; do command -v "$name" && exit; done';
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', ...names], { encoding: 'utf8' });
  return stdout.split('\n')[0] || undefined;
}
