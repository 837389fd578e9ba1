import { defineErrors } from '@omninode/contracts';

/** Every error that this lib throws. What each means for a family's status is in `explain-error.ts`. */
export const errors = defineErrors({
  LOGIN_REFUSED: {
    phase: 'connection',
    retryable: true,
    message:
      "Redis at {place} refused the login of user {user}. Check user and password in the target's URL, and that ACL SETUSER {user} on was run. ({code})",
  },
  LOGIN_MISSING: {
    phase: 'connection',
    retryable: true,
    message: "Redis at {place} asks for a password, and the target's URL holds none. ({code})",
  },
  LOGIN_NOT_ASKED: {
    phase: 'connection',
    retryable: true,
    message:
      "Redis at {place} has no password for user {user}, but the target's URL holds one. Take it out of the URL, or set it on the server.",
  },
  PROTECTED: {
    phase: 'connection',
    retryable: true,
    message:
      'Redis at {place} is in protected mode: it answers only its own machine while no password is set. Set one, then give it to the target.',
  },
  CLIENTS_FULL: {
    phase: 'connection',
    retryable: true,
    message:
      'Redis at {place} has no connection left: maxclients is reached. Find out who holds them, or raise maxclients.',
  },
  NOT_REDIS: {
    phase: 'connection',
    retryable: true,
    message:
      'What answers at {place} does not speak the protocol of Redis. Correct host and port, or write rediss:// where it speaks TLS.',
  },
  CONNECTION_LOST: {
    phase: 'connection',
    retryable: true,
    message: 'The connection to Redis at {place} ended: it stopped, restarted or was cut off.',
  },
  TLS_FILE_UNREADABLE: {
    phase: 'configuration',
    retryable: true,
    message: 'The file {file} for TLS with {place} can not be read ({code}). Correct the name, or who may read it.',
  },
  COMMAND_REFUSED: {
    phase: 'reading',
    retryable: true,
    message: 'User {user} may not run {command} at {place}. Run ACL SETUSER {user} +{rule}.',
  },
  COMMAND_UNKNOWN: {
    phase: 'reading',
    retryable: true,
    message:
      'Redis at {place} does not know {command}: it is renamed or switched off there. What it tells can not be watched.',
  },
  ERROR_REPLY: {
    phase: 'reading',
    retryable: true,
    message: 'Redis at {place} answered {command} with an error ({code}). See its log.',
  },
  ANSWER_TOO_BIG: {
    phase: 'reading',
    retryable: true,
    message: 'The answer of {place} is bigger than {maxBytes} bytes and was not read. Check what the address serves.',
  },
  HTTP_LOGIN_REFUSED: {
    phase: 'reading',
    retryable: true,
    message: '{place} refused our login with HTTP status {status}. Check user, password or token of the target.',
  },
  HTTP_STATUS: {
    phase: 'reading',
    retryable: true,
    message: '{place} answered with HTTP status {status}. Check the path of the address, and the service behind it.',
  },
  HTTP_REDIRECT: {
    phase: 'reading',
    retryable: true,
    message:
      '{place} sends us elsewhere (HTTP status {status}), which is not followed. Give the target the final address.',
  },
  NOT_JSON: {
    phase: 'reading',
    retryable: true,
    message:
      '{place} answered with something that is not JSON ({kind}). Give the target the address of the statistics.',
  },
  TARGET_URL_INVALID: {
    phase: 'configuration',
    retryable: false,
    message:
      'The address of cache target {target} is neither a Redis nor an HTTP URL. Write it as redis://user@host:6379, or https://host/path for the statistics of an application cache.',
  },
});
