import { cacheConfig, cacheTargetOptions, cacheTargets, cacheWatch } from '@omninode/collector-cache';
import { defineWatching } from '../watching.js';

export const watching = defineWatching({
  section: cacheConfig,
  targetOptions: cacheTargetOptions,
  watch: (target, config) => ({ target: cacheTargets([target])[0]!, ...cacheWatch(config) }),
});
