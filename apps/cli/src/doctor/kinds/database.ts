import { databaseConfig, databaseTargetOptions, databaseTargets, databaseWatch } from '@omninode/collector-database';
import { defineWatching } from '../watching.js';

export const watching = defineWatching({
  section: databaseConfig,
  targetOptions: databaseTargetOptions,
  watch: (target, config) => ({ target: databaseTargets([target])[0]!, ...databaseWatch(config) }),
});
