import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A folder that is a small disk of its own (`200m`), which can be filled; it is gone when the test has ended. Where none can be
 * mounted, `skip` is told why.
 */
export function mountedDisk(size: string, skip: (reason: string) => never): string {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=777`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    skip(`A tmpfs can't be mounted here; run the test as root with the right to mount (${String(error)}).`);
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
