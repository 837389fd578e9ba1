import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../fetch-package.mjs';
import { errors } from '../errors.js';
import { fetchArtifacts, fileName } from '../fetching/maven-artifacts.js';
import type { FetchOptions, PinnedArtifact } from '../fetching/maven-artifacts.js';
import { zipEntry } from '../fetching/zip-entry.js';
import { findProgram } from '../process/find-program.js';
import type { Missing } from '../missing.js';

/** `installed`: what this machine has, Redis or Valkey. `packaged`: Redis 6.2 out of a jar of Maven Central. */
export type RedisProgram = 'installed' | 'packaged';

/** Finds a server program: the wanted one, else the installed one, else the packaged one, which is fetched on first use. */
export async function findRedis(wanted: RedisProgram | undefined, options: FetchOptions): Promise<string> {
  const installed = wanted === 'packaged' ? undefined : installedRedis();
  if (installed) return installed;
  const missing = missingRedis(wanted);
  if (missing) throw errors.SERVER_NOT_AVAILABLE({ server: 'Redis', ...missing });
  try {
    return await packagedRedis(options);
  } catch (cause) {
    const reason = `it is not installed and could not be fetched (${(cause as Error).message})`;
    throw errors.SERVER_NOT_AVAILABLE({ server: 'Redis', reason, remedy }, cause);
  }
}

/** Why there is no Redis for this machine; absent when there is one, or one can be fetched. Fetches nothing. */
export function missingRedis(wanted?: RedisProgram): Missing | undefined {
  if (wanted !== 'packaged' && installedRedis()) return undefined;
  if (wanted === 'installed') return { reason: 'neither redis-server nor valkey-server is installed', remedy };
  if (packagedFile) return undefined;
  return { reason: `it is not installed, and there is no package for ${platform}`, remedy };
}

const remedy =
  'On Debian or Ubuntu: apt-get install --no-install-recommends redis-server; on macOS: brew install redis.';
const platform = `${process.platform}-${process.arch}`;

const jar: PinnedArtifact = {
  artifact: 'com.github.codemonstur:embedded-redis:1.4.3',
  sha256: 'ffbc63265c60d25dee453d6f656b527d98200d98657c6a0ab4dec4ea2c3a5cd6',
};
const packagedFiles: Readonly<Record<string, string>> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};
const packagedFile = packagedFiles[platform];

function installedRedis(): string | undefined {
  return findProgram('redis-server', 'valkey-server');
}

async function packagedRedis(options: FetchOptions): Promise<string> {
  const folder = join(cacheFolder(), 'redis-6.2');
  const program = join(folder, packagedFile as string);
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  await fetchArtifacts(folder, [jar], options);
  const bytes = zipEntry(await readFile(join(folder, fileName(jar))), packagedFile as string);
  const unfinished = `${program}.${process.pid}`;
  await writeFile(unfinished, bytes as Buffer);
  await chmod(unfinished, 0o755);
  await rename(unfinished, program);
  return program;
}
