import { expect, test } from 'vitest';
import { readReplyError, typeOf } from './reply-error.js';

const address = { place: 'cache:6379', user: 'watcher' };

test.each([
  ['WRONGPASS invalid username-password pair or user is disabled.', 'auth', 'LOGIN_REFUSED', 'ACL SETUSER watcher on'],
  ['ERR invalid password', 'auth', 'LOGIN_REFUSED', '(ERR)'],
  [
    'ERR AUTH <password> called without any password configured for the default user.',
    'auth',
    'LOGIN_NOT_ASKED',
    'has no password',
  ],
  ['NOAUTH Authentication required.', 'info', 'LOGIN_MISSING', 'holds none'],
  [
    "NOPERM this user has no permissions to run the 'slowlog|get' command",
    'slowlog|get',
    'COMMAND_REFUSED',
    'may not run SLOWLOG GET at cache:6379. Run ACL SETUSER watcher +slowlog|get.',
  ],
  [
    "ERR unknown command 'SLOWLOG', with args beginning with: 'GET' '16' ",
    'slowlog|get',
    'COMMAND_UNKNOWN',
    'does not know SLOWLOG GET',
  ],
  ["ERR unknown subcommand 'SETNAME'. Try CLIENT HELP.", 'client|setname', 'COMMAND_UNKNOWN', 'CLIENT SETNAME'],
  ['ERR max number of clients reached', 'info', 'CLIENTS_FULL', 'maxclients'],
  ['DENIED Redis is running in protected mode because', 'info', 'PROTECTED', 'protected mode'],
  ['LOADING Redis is loading the dataset in memory', 'slowlog|get', 'ERROR_REPLY', '(LOADING)'],
])('%s', (message, command, code, words) => {
  const error = readReplyError(message, command, address);
  expect(error.code).toBe(code);
  expect(error.message).toContain(words);
  expect(error.message).not.toContain('<');
  expect(error.cause).toBeUndefined(); // it would quote what was sent
});

test('the type of an error is its first word, where that is one', () => {
  expect(['OOM command not allowed', 'Quite my own', 'WRONGTYPE', '-x'].map(typeOf)).toEqual([
    'OOM',
    'ERR',
    'WRONGTYPE',
    'ERR',
  ]);
});
