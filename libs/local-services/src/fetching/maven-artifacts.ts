import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errors } from '../errors.js';
import { findProgram } from '../process/find-program.js';

/** A jar of Maven Central, pinned. */
export interface PinnedArtifact {
  /** `group:name:version`. */
  readonly artifact: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface FetchOptions {
  /** Default: Maven Central. For a mirror of one's own. */
  readonly mavenRepository?: string;
  readonly signal?: AbortSignal;
}

/**
 * Fetches what is not in the folder yet: over HTTPS, else with Maven, which knows the mirrors and logins of its settings.
 * Rejects when bytes are not the pinned ones. A file in the folder is always a complete, checked one.
 */
export async function fetchArtifacts(
  folder: string,
  artifacts: readonly PinnedArtifact[],
  options: FetchOptions = {},
): Promise<void> {
  const missing = artifacts.filter((pinned) => !existsSync(join(folder, fileName(pinned))));
  if (missing.length === 0) return;
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, '.fetch-'));
  try {
    await downloadAll(scratch, missing, options).catch((cause: unknown) =>
      copyWithMaven(scratch, missing, options, cause),
    );
    for (const pinned of missing) {
      await assertPinned(join(scratch, fileName(pinned)), pinned);
      await rename(join(scratch, fileName(pinned)), join(folder, fileName(pinned)));
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The artifact's file in the folder. */
export function fileName({ artifact }: PinnedArtifact): string {
  const [, name, version] = artifact.split(':');
  return `${name}-${version}.jar`;
}

const mavenCentral = 'https://repo1.maven.org/maven2';
const run = promisify(execFile);

/** Six at a time: Kafka is 45 files of mostly some hundred KB. */
async function downloadAll(folder: string, artifacts: readonly PinnedArtifact[], options: FetchOptions): Promise<void> {
  const waiting = [...artifacts];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await download(folder, next, options);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

async function download(
  folder: string,
  pinned: PinnedArtifact,
  { mavenRepository = mavenCentral, signal }: FetchOptions,
): Promise<void> {
  const [group = '', name, version] = pinned.artifact.split(':');
  const url = new URL(mavenRepository.replace(/\/$/, ''));
  url.pathname += `/${group.replaceAll('.', '/')}/${name}/${version}/${fileName(pinned)}`;
  const headers = takeLogin(url);
  const giveUp = AbortSignal.any([AbortSignal.timeout(120_000), ...(signal ? [signal] : [])]);
  const response = await fetch(url, { signal: giveUp, headers }).catch((error: Error) => {
    signal?.throwIfAborted();
    throw errors.FETCH_FAILED(
      { url: url.href, reason: (error.cause as Error | undefined)?.message ?? error.message },
      error,
    );
  });
  if (!response.ok) throw errors.FETCH_FAILED({ url: url.href, reason: `HTTP status ${response.status}` });
  await writeFile(join(folder, fileName(pinned)), new Uint8Array(await response.arrayBuffer()));
}

/** A login in the address becomes a header; the address goes into messages. */
function takeLogin(url: URL): Record<string, string> {
  const { username, password } = url;
  url.username = url.password = '';
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

async function copyWithMaven(
  folder: string,
  artifacts: readonly PinnedArtifact[],
  options: FetchOptions,
  cause: unknown,
): Promise<void> {
  const maven = findProgram('mvn');
  if (!maven || options.signal?.aborted) throw cause;
  const dependencies = artifacts.map(({ artifact }) => {
    const [group, name, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  const project =
    '<modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>jars</artifactId><version>1</version>';
  const pom = join(folder, 'pom.xml');
  await writeFile(
    pom,
    `<project>${project}<packaging>pom</packaging><dependencies>${dependencies.join('')}</dependencies></project>`,
  );
  const goal = ['dependency:copy-dependencies', '-DexcludeTransitive=true', `-DoutputDirectory=${folder}`];
  const running = run(maven, ['-B', '-q', '-f', pom, ...goal], {
    cwd: folder,
    timeout: 300_000,
    signal: options.signal,
  });
  // Two ways failed; the first one's reason is the plainer one, and Maven's words may hold more than is good for a log.
  await running.catch(() => Promise.reject(cause as Error));
}

async function assertPinned(file: string, { artifact, sha256 }: PinnedArtifact): Promise<void> {
  const found = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  if (found !== sha256) throw errors.NOT_THE_PINNED_FILE({ artifact, found, expected: sha256 });
}
