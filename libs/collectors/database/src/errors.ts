import { defineErrors } from '@omninode/contracts';

/** Every error that this lib throws. What each means for a family's status is in `server/explain-error.ts`. */
export const errors = defineErrors({
  SERVER_TOO_OLD: {
    phase: 'connection',
    retryable: false,
    message: 'PostgreSQL {version} is older than 14, the oldest version that is supported. Upgrade the server.',
  },
  STATEMENTS_NOT_LOADED: {
    phase: 'reading',
    retryable: true,
    message:
      'pg_stat_statements is not loaded. Add it to shared_preload_libraries, restart the server, then run CREATE EXTENSION pg_stat_statements in database {database}.',
  },
  STATEMENTS_NOT_CREATED: {
    phase: 'reading',
    retryable: true,
    message:
      'The extension pg_stat_statements is missing. Run CREATE EXTENSION pg_stat_statements in database {database}.',
  },
  STATEMENTS_TOO_OLD: {
    phase: 'reading',
    retryable: true,
    message:
      'The extension pg_stat_statements has version {version}. Run ALTER EXTENSION pg_stat_statements UPDATE in database {database}.',
  },
  STATEMENTS_HIDDEN: {
    phase: 'reading',
    retryable: true,
    message: 'Role {role} may not see the statements of others. Run GRANT pg_monitor TO {role}.',
  },
  STATEMENTS_SCHEMA_CLOSED: {
    phase: 'reading',
    retryable: true,
    message:
      'The extension pg_stat_statements is in schema {schema}, which role {role} may not use. Run GRANT USAGE ON SCHEMA {schema} TO {role} in database {database}.',
  },
  TARGET_URL_INVALID: {
    phase: 'configuration',
    retryable: false,
    message:
      'The address of database target {target} is not a PostgreSQL URL. Write it as postgres://role@host:5432/database.',
  },
});
