import type { KafkaApi } from '../wire/kafka-api.js';

/** A folder in which the asked broker keeps logs. */
export interface LogDir {
  /** Not 0: the broker took it out of use, mostly because its disk failed. */
  readonly errorCode: number;
  readonly logs: readonly LogSize[];
  /** Of the volume that it lies on; `undefined` from brokers before 3.3. */
  readonly volumeBytes: number | undefined;
  readonly usableBytes: number | undefined;
}

export interface LogSize {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: number;
  /** A copy that is being moved here from another folder of the same broker. */
  readonly isFuture: boolean;
}

export const describeLogDirs: KafkaApi<void, { readonly errorCode: number; readonly dirs: readonly LogDir[] }> = {
  name: 'DescribeLogDirs',
  key: 35,
  oldestVersion: 1,
  newestVersion: 4,
  flexibleFrom: 2,
  write(_, writer) {
    writer.list(null, () => undefined).tags();
  },
  read(reader, version) {
    reader.int32(); // throttle time
    const errorCode = version >= 3 ? reader.int16() : 0;
    const dirs = reader.list((): LogDir => {
      const dirErrorCode = reader.int16();
      reader.text(); // its path
      const logs = reader.list(() => {
        const topic = reader.text();
        const partitions = reader.list((): LogSize => {
          const [partition, bytes] = [reader.int32(), reader.int64()];
          reader.int64(); // how far it is behind
          const isFuture = reader.boolean();
          reader.tags();
          return { topic, partition, bytes, isFuture };
        });
        reader.tags();
        return partitions;
      });
      const [volumeBytes, usableBytes] = version >= 4 ? [reader.int64(), reader.int64()] : [];
      reader.tags();
      return {
        errorCode: dirErrorCode,
        logs: logs.flat(),
        volumeBytes: known(volumeBytes),
        usableBytes: known(usableBytes),
      };
    });
    return { errorCode, dirs };
  },
};

/** −1: the broker could not find out. */
function known(bytes: number | undefined): number | undefined {
  return bytes === undefined || bytes < 0 ? undefined : bytes;
}
