import type { KafkaApi } from '../wire/kafka-api.js';
import type { WireReader } from '../wire/wire-reader.js';
import type { DescribedGroup } from './describe-groups.js';

/** Groups of the new consumer protocol (KIP-848), asked of their coordinator; needs Kafka 3.7 or newer. */
export const describeConsumerGroups: KafkaApi<readonly string[], readonly DescribedGroup[]> = {
  name: 'ConsumerGroupDescribe',
  key: 69,
  oldestVersion: 0,
  newestVersion: 1,
  flexibleFrom: 0,
  write(groups, writer) {
    writer
      .list(groups, (group) => writer.text(group))
      .boolean(false) // authorized operations
      .tags();
  },
  read(reader, version) {
    reader.int32(); // throttle time
    return reader.list(() => {
      const errorCode = reader.int16();
      reader.nullableText(); // error message
      const [group, state] = [reader.text(), reader.text()];
      reader.int32(); // group epoch
      reader.int32(); // assignment epoch
      reader.text(); // assignor
      const members = reader.list(() => skipMember(reader, version)).length;
      reader.int32(); // authorized operations
      reader.tags();
      return { group, errorCode, state, members };
    });
  },
};

function skipMember(reader: WireReader, version: number): void {
  reader.text(); // member id
  reader.nullableText(); // instance id
  reader.nullableText(); // rack
  reader.int32(); // member epoch
  reader.text(); // client id
  reader.text(); // client host
  reader.list(() => reader.text()); // subscribed topics
  reader.nullableText(); // subscribed pattern
  skipAssignment(reader);
  skipAssignment(reader);
  if (version >= 1) reader.int8(); // whether it speaks the classic protocol
  reader.tags();
}

function skipAssignment(reader: WireReader): void {
  reader.list(() => {
    reader.uuid();
    reader.text();
    reader.list(() => reader.int32());
    reader.tags();
  });
  reader.tags();
}
