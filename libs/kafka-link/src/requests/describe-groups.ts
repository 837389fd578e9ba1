import type { KafkaApi } from '../wire/kafka-api.js';
import type { WireReader } from '../wire/wire-reader.js';

export interface DescribedGroup {
  readonly group: string;
  readonly errorCode: number;
  /** As the server spells it. */
  readonly state: string;
  readonly members: number;
}

/**
 * Classic groups, asked of their coordinator. Of a group of the new protocol it says `Dead`, without an error and without
 * members (https://github.com/danielqsj/kafka_exporter/issues/533): `describeConsumerGroups` is for those.
 */
export const describeGroups: KafkaApi<readonly string[], readonly DescribedGroup[]> = {
  name: 'DescribeGroups',
  key: 15,
  oldestVersion: 1,
  newestVersion: 5,
  flexibleFrom: 5,
  write(groups, writer, version) {
    writer.list(groups, (group) => writer.text(group));
    if (version >= 3) writer.boolean(false); // authorized operations
    writer.tags();
  },
  read(reader, version) {
    reader.int32(); // throttle time
    return reader.list(() => {
      const errorCode = reader.int16();
      const [group, state] = [reader.text(), reader.text()];
      reader.text(); // protocol type
      reader.text(); // protocol
      const members = reader.list(() => skipMember(reader, version)).length;
      if (version >= 3) reader.int32();
      reader.tags();
      return { group, errorCode, state, members };
    });
  },
};

function skipMember(reader: WireReader, version: number): void {
  reader.text(); // member id
  if (version >= 4) reader.nullableText(); // instance id
  reader.text(); // client id
  reader.text(); // client host
  reader.skipBytes(); // subscription
  reader.skipBytes(); // assignment
  reader.tags();
}
