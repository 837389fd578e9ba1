import { cacheConfig, cacheFamilies, cacheReader, cacheTargetOptions, cacheTargets } from '@omninode/collector-cache';
import { defineWatching } from '../watching.js';

export const watching = defineWatching({
  section: cacheConfig,
  targetOptions: cacheTargetOptions,
  watch: (target, config) => ({
    target: cacheTargets([target])[0]!,
    families: cacheFamilies,
    reader: cacheReader({
      connectTimeoutMs: config.connectTimeout,
      refusalPauseMs: config.refusalPause,
      maxAnswerBytes: config.answerLimit,
    }),
    connectDeadlineMs: config.connectTimeout,
    deadlineMs: config.answerTimeout,
  }),
});
