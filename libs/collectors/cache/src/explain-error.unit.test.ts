import { Secret } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import { errors } from './errors.js';
import { explainError } from './explain-error.js';

const target = {
  id: 'a',
  url: new Secret('rediss://watcher:s3cret@cache.example:6380'),
  labels: {},
  cache: 'application',
  tls: {},
};
const coded = (code: string) => Object.assign(new Error('as the system says'), { code });

test.each([
  [coded('ECONNREFUSED'), 'unreachable', 'Nothing listens at cache.example:6380. Start Redis'],
  [coded('ENOTFOUND'), 'unreachable', 'DNS'],
  [coded('ETIMEDOUT'), 'unreachable', 'firewall'],
  [coded('ECONNRESET'), 'unreachable', 'cut off'],
  [coded('EHOSTUNREACH'), 'unreachable', 'no way to'],
  [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'unreachable', 'caFile'],
  [coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'unreachable', 'TLS with'],
  [coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'unreachable', 'TLS with'],
  [new Error('whatever it is'), 'degraded', '(UNEXPECTED)'],
  [
    errors.COMMAND_REFUSED({ user: 'watcher', command: 'INFO', place: 'x', rule: 'info' }),
    'permission',
    'ACL SETUSER watcher +info',
  ],
  [errors.COMMAND_UNKNOWN({ place: 'x', command: 'SLOWLOG GET' }), 'unsupported', 'does not know'],
  [errors.LOGIN_REFUSED({ place: 'x', user: 'u', code: 'WRONGPASS' }), 'auth_failed', 'WRONGPASS'],
  [errors.CLIENTS_FULL({ place: 'x' }), 'unreachable', 'maxclients'],
  [errors.ERROR_REPLY({ place: 'x', command: 'INFO', code: 'BUSY' }), 'degraded', 'BUSY'],
] as const)('%s is %s and says %s', (error, status, words) => {
  const explained = explainError(error, target);
  expect(explained.status).toBe(status);
  expect(explained.reason).toContain(words);
  expect(explained.reason).not.toContain('s3cret');
});
