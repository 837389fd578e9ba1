import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../fetch-package.mjs';
import { errors } from '../errors.js';
import { fetchArtifacts } from '../fetching/maven-artifacts.js';
import type { FetchOptions, PinnedArtifact } from '../fetching/maven-artifacts.js';
import { findProgram } from '../process/find-program.js';
import type { Missing } from '../missing.js';

export interface KafkaPrograms {
  readonly java: string;
  /** A pattern that Java expands itself. */
  readonly classPath: string;
  readonly version: string;
}

/** Finds Java and the broker's jars, which are fetched on first use (43 MB). */
export async function findKafka(options: FetchOptions): Promise<KafkaPrograms> {
  const missing = missingKafka();
  if (missing) throw errors.SERVER_NOT_AVAILABLE({ server: 'Kafka', ...missing });
  const { version, jars } = JSON.parse(readFileSync(jarList, 'utf8')) as { version: string; jars: PinnedArtifact[] };
  const folder = join(cacheFolder(), `kafka-${version}`);
  try {
    await fetchArtifacts(folder, jars, options);
  } catch (cause) {
    const reason = `its jars could not be fetched (${(cause as Error).message})`;
    throw errors.SERVER_NOT_AVAILABLE({ server: 'Kafka', reason, remedy: 'Try again with the network up.' }, cause);
  }
  return { java: findProgram('java') as string, classPath: join(folder, '*'), version };
}

/** Why Kafka can't be started here; absent when it can, with the network for the first time. Fetches nothing. */
export function missingKafka(): Missing | undefined {
  const java = findProgram('java');
  if (!java) return { reason: 'there is no Java', remedy };
  // On stderr: openjdk version "17.0.15" 2025-04-15; before Java 9: version "1.8.0_402".
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const [, major = 'unknown'] = /version "(?:1\.)?(\d+)/.exec(stderr) ?? [];
  if (Number(major) >= oldestJava) return undefined;
  return { reason: `the installed Java is version ${major}, and Kafka needs ${oldestJava}`, remedy };
}

/** Why a Kafka with TLS can't be started here; absent when it can. */
export function missingSecureKafka(): Missing | undefined {
  const openssl = findProgram('openssl');
  return missingKafka() ?? (openssl ? undefined : { reason: 'there is no openssl', remedy: 'Install OpenSSL.' });
}

const oldestJava = 17;
const remedy =
  'On Debian or Ubuntu: apt-get install --no-install-recommends openjdk-17-jre-headless; on macOS: brew install openjdk@17.';
const jarList = new URL('../../kafka-jars.json', import.meta.url);
