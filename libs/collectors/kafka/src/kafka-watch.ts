import { kafkaFamilies } from './families.js';
import type { KafkaConfig } from './kafka.config.js';
import { kafkaReader } from './kafka.reader.js';
import { selectionOf } from './selection/selection.js';

/** How a target of this kind is asked, by its collector and by whoever asks it once. */
export function kafkaWatch(config: KafkaConfig) {
  const { connectTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs } = config;
  return {
    families: kafkaFamilies,
    reader: kafkaReader({ selection: selectionOf(config), connectTimeoutMs, requestTimeoutMs }),
    deadlineMs: familyDeadlineMs(requestTimeoutMs),
    connectDeadlineMs: connectTimeoutMs,
  };
}

/** At most four requests of a family end in silence: for metadata, for the probes, and two for the quorum. The fifth part is for the rest. */
export function familyDeadlineMs(requestTimeoutMs: number): number {
  return 5 * requestTimeoutMs;
}
