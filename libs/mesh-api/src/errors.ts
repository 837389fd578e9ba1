import { defineErrors } from '@omninode/contracts';

/** Every error that this lib throws or answers with. */
export const errors = defineErrors({
  TOKEN_REQUIRED: {
    phase: 'configuration',
    retryable: false,
    message:
      'http.host is {host}, so others than this machine could send measurements, and no token is configured. ' +
      'Put one into a file (openssl rand -hex 32 > token) and name it: OMNINODE_API_TOKEN_FILE=token, or api.tokenFile; ' +
      'or leave http.host at 127.0.0.1.',
  },
  TOKENS_UNREADABLE: {
    phase: 'configuration',
    retryable: false,
    message: 'api.tokensFolder: {path} can not be read ({code}). Name a folder that this user can read.',
  },
  TOKENS_MISSING: {
    phase: 'configuration',
    retryable: false,
    message:
      'api.tokensFolder: {folder} holds no file. Put one in for each token: openssl rand -hex 32 > {folder}/name',
  },
  TOKEN_UNFIT: {
    phase: 'configuration',
    retryable: false,
    message: 'api.tokensFolder: the file {path} must hold {expects}. Write one: openssl rand -hex 32 > {path}',
  },
  TOKEN_MISSING: {
    phase: 'input',
    retryable: false,
    message: 'Measurements are taken from those who show a token: send the header "authorization: Bearer <token>".',
  },
  TOKEN_INVALID: {
    phase: 'input',
    retryable: false,
    message: 'The token of the request is not valid. Ask whoever runs the mesh for one.',
  },
  ACCESS_TOKEN_MISSING: {
    phase: 'input',
    retryable: false,
    message:
      '{path} is answered to those who show the token of a viewer or admin: send the header "authorization: Bearer <token>". ' +
      'Whoever runs the mesh sets it in api.viewerToken, or opens reading to everybody with api.access: open.',
  },
  ACCESS_DENIED: {
    phase: 'input',
    retryable: false,
    message: '{path} takes the role {needed}; {name} has the role {role}.',
  },
  ADMIN_NOT_CONFIGURED: {
    phase: 'input',
    retryable: false,
    message:
      '{path} changes something, and nobody may: there is no admin. Set api.adminToken (openssl rand -hex 32), or name admins by api.proxy.',
  },
  REQUEST_FORGED: {
    phase: 'input',
    retryable: false,
    message:
      '{path} changes something. So that no other page can ask for it in your name, send an authorization header with a token, or the header "x-omninode-request: 1".',
  },
  HOST_UNEXPECTED: {
    phase: 'input',
    retryable: false,
    message:
      'Without a token changes are taken at localhost or an address only, not at the host name of this request. Set api.adminToken and show it.',
  },
  ENTITY_REQUIRED: {
    phase: 'input',
    retryable: false,
    message: 'The token of {name} opens what concerns that service only: ask for /api/v1/stream?entity={name}.',
  },
  RECORD_UNREADABLE: {
    phase: 'reading',
    retryable: false,
    message: 'A record of {topic} can not be read and is left out of /api/v1/stream: {detail}.',
  },
  QUERY_TOO_LONG: {
    phase: 'input',
    retryable: false,
    message: 'The address of a request may have {characters} characters and {parameters} parameters.',
  },
  TOO_MANY_REQUESTS: {
    phase: 'input',
    retryable: true,
    message: '{limit} such requests are under way already. Try again in a moment, or raise {setting}.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    phase: 'input',
    retryable: false,
    message:
      'Measurements are taken as {types}, not compressed. The request says {given}. With curl: -H "content-type: application/json".',
  },
  REQUEST_MALFORMED: {
    phase: 'input',
    retryable: false,
    message: 'The request can not be read ({code}); nothing of it was taken.',
  },
  BODY_TOO_LARGE: {
    phase: 'input',
    retryable: false,
    message: 'The request is larger than {limit} bytes. Send fewer records at a time, or raise http.bodyLimit.',
  },
  RECORD_TOO_LARGE: {
    phase: 'input',
    retryable: false,
    message: 'The bus takes no record of this size. Send records with fewer points.',
  },
  RECORDS_REFUSED: {
    phase: 'input',
    retryable: false,
    message: '{count} found in the request; nothing of it was taken.',
  },
  BUS_BUSY: {
    phase: 'bus',
    retryable: true,
    message: 'Too much waits for the bus already; nothing of the request was taken. Send it again later.',
  },
  BUS_UNAVAILABLE: {
    phase: 'bus',
    retryable: true,
    message:
      'The bus has not acknowledged the request ({reason}). It may have been taken all the same. Send it again later: what has a sequence is counted once.',
  },
});
