import { breakerConfig, breakerTargetOptions, breakerTargets, breakerWatch } from '@omninode/collector-breaker';
import { defineWatching } from '../watching.js';

export const watching = defineWatching({
  section: breakerConfig,
  targetOptions: breakerTargetOptions,
  watch: (target, config) => ({ target: breakerTargets([target])[0]!, ...breakerWatch(config) }),
});
