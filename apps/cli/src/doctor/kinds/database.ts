import {
  databaseConfig,
  databaseFamilies,
  databaseReader,
  databaseTargetOptions,
  databaseTargets,
} from '@omninode/collector-database';
import { defineWatching } from '../watching.js';

export const watching = defineWatching({
  section: databaseConfig,
  targetOptions: databaseTargetOptions,
  watch: (target, config) => ({
    target: databaseTargets([target])[0]!,
    families: databaseFamilies,
    reader: databaseReader({
      statementTimeoutMs: config.statementTimeout,
      lockTimeoutMs: config.lockTimeout,
      connectTimeoutMs: config.connectTimeout,
      poolTimeoutMs: config.poolTimeout,
      maxPoolAnswerBytes: config.poolAnswerLimit,
    }),
    connectDeadlineMs: config.connectTimeout,
    deadlineMs: config.statementTimeout + 1_000,
  }),
});
