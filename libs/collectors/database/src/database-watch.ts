import type { DatabaseConfig } from './database.config.js';
import { databaseReader } from './database.reader.js';
import { databaseFamilies } from './families.js';

/** How a target of this kind is asked, by its collector and by whoever asks it once. */
export function databaseWatch(config: DatabaseConfig) {
  return {
    families: databaseFamilies,
    reader: databaseReader({
      statementTimeoutMs: config.statementTimeout,
      lockTimeoutMs: config.lockTimeout,
      connectTimeoutMs: config.connectTimeout,
      poolTimeoutMs: config.poolTimeout,
      maxPoolAnswerBytes: config.poolAnswerLimit,
    }),
    deadlineMs: config.statementTimeout + 1_000,
    connectDeadlineMs: config.connectTimeout,
  };
}
