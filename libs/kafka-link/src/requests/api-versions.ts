import type { BrokerVersions, KafkaApi } from '../wire/kafka-api.js';

/** Which requests a broker understands: the smallest question that every broker answers by itself. */
export const apiVersions: KafkaApi<void, BrokerVersions> = {
  name: 'ApiVersions',
  key: 18,
  oldestVersion: 0,
  newestVersion: 0,
  flexibleFrom: 3,
  write: () => undefined,
  read(reader) {
    reader.int16();
    const versions = reader.list(() => [
      reader.int16(),
      { minVersion: reader.int16(), maxVersion: reader.int16() },
    ]) as [number, BrokerVersions[number]][];
    return Object.fromEntries(versions);
  },
};
