import type { WireReader } from './wire-reader.js';
import type { WireWriter } from './wire-writer.js';

/**
 * One request of Kafka's protocol in the versions that we speak. What is sent and answered in which version stands in
 * https://github.com/apache/kafka/tree/trunk/clients/src/main/resources/common/message, in the file of its name.
 */
export interface KafkaApi<Request, Reply> {
  readonly name: string;
  readonly key: number;
  readonly oldestVersion: number;
  readonly newestVersion: number;
  /** From this version on the encoding is compact. */
  readonly flexibleFrom: number;
  write(request: Request, writer: WireWriter, version: number): unknown;
  /** Error codes are part of the reply, untouched: what they mean depends on who asks. */
  read(reader: WireReader, version: number): Reply;
}

/** Which versions a broker speaks, by API key. */
export type BrokerVersions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>;

/** The newest version that both sides speak; `undefined` when there is none. */
export function versionFor(
  { key, oldestVersion, newestVersion }: Pick<KafkaApi<never, unknown>, 'key' | 'oldestVersion' | 'newestVersion'>,
  versions: BrokerVersions,
): number | undefined {
  const spoken = versions[key];
  if (!spoken) return undefined;
  const version = Math.min(newestVersion, spoken.maxVersion);
  return version >= Math.max(oldestVersion, spoken.minVersion) ? version : undefined;
}
