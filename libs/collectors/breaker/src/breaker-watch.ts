import type { BreakerConfig } from './breaker.config.js';
import { breakerReader } from './breaker.reader.js';
import { breakerFamilies } from './families.js';

/** How a target of this kind is asked, by its collector and by whoever asks it once. */
export function breakerWatch(config: BreakerConfig) {
  return {
    families: breakerFamilies,
    reader: breakerReader({ maxBytes: config.maxAnswer }),
    deadlineMs: config.answerTimeout,
    connectDeadlineMs: config.answerTimeout,
  };
}
