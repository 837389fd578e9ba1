import { kafkaConfig, kafkaTargetOptions, kafkaTargets, kafkaWatch } from '@omninode/collector-kafka';
import { defineWatching } from '../watching.js';

export const watching = defineWatching({
  section: kafkaConfig,
  targetOptions: kafkaTargetOptions,
  watch: (target, config) => ({ target: kafkaTargets([target])[0]!, ...kafkaWatch(config) }),
});
