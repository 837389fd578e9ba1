import { defineErrors } from '@omninode/contracts';

/** Every error that this lib throws. What each means for the status of a target is in `explain-error.ts`. */
export const errors = defineErrors({
  HTTP_REFUSED: {
    phase: 'reading',
    retryable: true,
    message:
      '{place} refused us with HTTP status {status}. Give the target a token, or a user and password in its URL.',
  },
  HTTP_FORBIDDEN: {
    phase: 'reading',
    retryable: true,
    message: '{place} answered with HTTP status 403: who we are may not read this. Allow it there.',
  },
  HTTP_NOT_THERE: {
    phase: 'reading',
    retryable: true,
    message: "There is nothing at this path of {place} (HTTP status {status}). Correct the path in the target's URL.",
  },
  HTTP_FAILED: {
    phase: 'reading',
    retryable: true,
    message: '{place} answered with HTTP status {status}. See the log of the service.',
  },
  REDIRECTED_AWAY: {
    phase: 'reading',
    retryable: false,
    message:
      '{place} sends us to another host, {to}, where we do not follow, because our credentials are not meant for it. Give the target the address that is meant.',
  },
  REDIRECTED_TOO_OFTEN: {
    phase: 'reading',
    retryable: true,
    message: '{place} redirects more than {most} times. Give the target the address where it ends.',
  },
  ANSWER_TOO_BIG: {
    phase: 'reading',
    retryable: true,
    message:
      '{place} answers with more than {maxBytes} bytes. Give the target a smaller page, or raise collectors.breaker.maxAnswer.',
  },
  ANSWER_IS_A_PAGE: {
    phase: 'reading',
    retryable: true,
    message:
      "{place} answers with a web page ({contentType}), not with figures. Correct the path in the target's URL; a login page means that it asks for credentials.",
  },
  TARGET_URL_INVALID: {
    phase: 'configuration',
    retryable: false,
    message: 'The address of breaker target {target} is not an HTTP URL. Write it as http://host:port/path.',
  },
});
