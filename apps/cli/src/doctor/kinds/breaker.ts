import {
  breakerConfig,
  breakerFamilies,
  breakerReader,
  breakerTargetOptions,
  breakerTargets,
} from '@omninode/collector-breaker';
import { defineWatching } from '../watching.js';

export const watching = defineWatching({
  section: breakerConfig,
  targetOptions: breakerTargetOptions,
  watch: (target, config) => ({
    target: breakerTargets([target])[0]!,
    families: breakerFamilies,
    reader: breakerReader({ maxBytes: config.maxAnswer }),
    connectDeadlineMs: config.answerTimeout,
    deadlineMs: config.answerTimeout,
  }),
});
