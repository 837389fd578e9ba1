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
  SESSIONS_HIDDEN: {
    phase: 'reading',
    retryable: true,
    message: 'Role {role} may not see the sessions of others. Run GRANT pg_monitor TO {role}.',
  },
  NOT_A_SERVER: {
    phase: 'reading',
    retryable: false,
    message:
      'The console of a PgBouncer answers at {place}, which tells of its pools only. Make the server behind it a target too.',
  },
  CONSOLE_REFUSED: {
    phase: 'reading',
    retryable: true,
    message: 'PgBouncer at {place} does not answer SHOW {command} to user {role} ({code}). See its log.',
  },
  POOL_UNREACHABLE: {
    phase: 'reading',
    retryable: true,
    message: 'The service of pool {pool} at {place} does not answer ({code}). Check that it runs, and its address.',
  },
  POOL_TOO_SLOW: {
    phase: 'reading',
    retryable: true,
    message: 'The service of pool {pool} at {place} did not answer in full within {timeoutMs} ms.',
  },
  POOL_ANSWER_TOO_BIG: {
    phase: 'reading',
    retryable: true,
    message: 'The answer for pool {pool} at {place} is bigger than {maxBytes} bytes and was not read. Check its path.',
  },
  POOL_REDIRECTED: {
    phase: 'reading',
    retryable: true,
    message:
      '{place} sends us elsewhere (HTTP status {status}), which is not followed. Give pool {pool} the final address.',
  },
  POOL_LOGIN_REFUSED: {
    phase: 'reading',
    retryable: true,
    message: '{place} refused our login with HTTP status {status}. Check user, password or token of pool {pool}.',
  },
  POOL_STATUS: {
    phase: 'reading',
    retryable: true,
    message: '{place} answered with HTTP status {status}. Check the path of pool {pool}, and the service behind it.',
  },
  POOL_NOT_JSON: {
    phase: 'reading',
    retryable: true,
    message: '{place} answered with something that is not JSON. Give pool {pool} the address of the health check.',
  },
  TARGET_URL_INVALID: {
    phase: 'configuration',
    retryable: false,
    message:
      'The address of database target {target} is not a PostgreSQL URL. Write it as postgres://role@host:5432/database.',
  },
});
