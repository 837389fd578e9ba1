import type { KafkaApi } from '../wire/kafka-api.js';

export interface ListedGroup {
  readonly group: string;
  /** `consumer`, `connect`, …; empty for a group that only ever committed, without members. */
  readonly protocolType: string;
  /** As the server spells it: `Stable`, `Empty`, …; `undefined` from brokers before 2.6. */
  readonly state: string | undefined;
  /** `classic`, `consumer` (KIP-848), `share`, `streams`; `undefined` from brokers before 3.8. */
  readonly type: string | undefined;
}

/** The groups that the asked broker coordinates, and that the login may describe. */
export const listGroups: KafkaApi<void, { readonly errorCode: number; readonly groups: readonly ListedGroup[] }> = {
  name: 'ListGroups',
  key: 16,
  oldestVersion: 1,
  newestVersion: 5,
  flexibleFrom: 3,
  write(_, writer, version) {
    if (version >= 4) writer.list([], () => undefined); // of every state
    if (version >= 5) writer.list([], () => undefined); // of every type
    writer.tags();
  },
  read(reader, version) {
    reader.int32(); // throttle time
    const errorCode = reader.int16();
    const groups = reader.list((): ListedGroup => {
      const [group, protocolType] = [reader.text(), reader.text()];
      const state = version >= 4 ? reader.text() : undefined;
      const type = version >= 5 ? reader.text().toLowerCase() : undefined;
      reader.tags();
      return { group, protocolType, state, type };
    });
    return { errorCode, groups };
  },
};
