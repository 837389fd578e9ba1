import {
  kafkaConfig,
  kafkaFamilies,
  kafkaReader,
  kafkaTargetOptions,
  kafkaTargets,
  selectionOf,
} from '@omninode/collector-kafka';
import { defineWatching } from '../watching.js';

export const watching = defineWatching({
  section: kafkaConfig,
  targetOptions: kafkaTargetOptions,
  watch: (target, config) => ({
    target: kafkaTargets([target])[0]!,
    families: kafkaFamilies,
    reader: kafkaReader({
      selection: selectionOf(config),
      connectTimeoutMs: config.connectTimeout,
      requestTimeoutMs: config.requestTimeout,
    }),
    connectDeadlineMs: config.connectTimeout,
    // One request may have to wait for several brokers that do not answer.
    deadlineMs: 5 * config.requestTimeout,
  }),
});
