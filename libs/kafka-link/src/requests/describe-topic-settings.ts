import type { KafkaApi } from '../wire/kafka-api.js';

export interface TopicSettingsRequest {
  readonly topics: readonly string[];
  /** Names of settings, `min.insync.replicas`. */
  readonly settings: readonly string[];
}

export interface TopicSettings {
  readonly topic: string;
  readonly errorCode: number;
  /** As they hold, defaults of the broker included. */
  readonly settings: Readonly<Record<string, string | null>>;
}

const topicResource = 2;

/** Settings of topics. Needs DescribeConfigs on each topic. */
export const describeTopicSettings: KafkaApi<TopicSettingsRequest, readonly TopicSettings[]> = {
  name: 'DescribeConfigs',
  key: 32,
  oldestVersion: 1,
  newestVersion: 4,
  flexibleFrom: 4,
  write({ topics, settings }, writer, version) {
    writer
      .list(topics, (topic) =>
        writer
          .int8(topicResource)
          .text(topic)
          .list(settings, (setting) => writer.text(setting))
          .tags(),
      )
      .boolean(false); // synonyms
    if (version >= 3) writer.boolean(false); // documentation
    writer.tags();
  },
  read(reader, version) {
    reader.int32(); // throttle time
    return reader.list(() => {
      const errorCode = reader.int16();
      reader.nullableText(); // error message
      reader.int8();
      const topic = reader.text();
      const settings = reader.list((): [string, string | null] => {
        const [name, value] = [reader.text(), reader.nullableText()];
        reader.boolean(); // read-only
        reader.int8(); // where it comes from
        reader.boolean(); // sensitive
        reader.list(() => {
          reader.text();
          reader.nullableText();
          reader.int8();
          reader.tags();
        });
        if (version >= 3) reader.int8(); // type
        if (version >= 3) reader.nullableText(); // documentation
        reader.tags();
        return [name, value];
      });
      reader.tags();
      return { topic, errorCode, settings: Object.fromEntries(settings) };
    });
  },
};
