import type { CacheConfig } from './cache.config.js';
import { cacheReader } from './cache.reader.js';
import { cacheFamilies } from './families.js';

/** How a target of this kind is asked, by its collector and by whoever asks it once. */
export function cacheWatch(config: CacheConfig) {
  return {
    families: cacheFamilies,
    reader: cacheReader({
      connectTimeoutMs: config.connectTimeout,
      refusalPauseMs: config.refusalPause,
      maxAnswerBytes: config.answerLimit,
    }),
    deadlineMs: config.answerTimeout,
    connectDeadlineMs: config.connectTimeout,
  };
}
