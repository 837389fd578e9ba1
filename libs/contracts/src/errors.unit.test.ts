import { expect, test } from 'vitest';
import { CodedError, defineErrors, errorCode } from './errors.js';

const errors = defineErrors({
  SPOOL_FULL: { phase: 'storage', retryable: true, message: 'The spool {path} is full: {bytes} bytes.' },
});

test('an error of the table says what, where and whether another try can help, and keeps its cause', () => {
  const cause = new Error('ENOSPC');
  const error = errors.SPOOL_FULL({ path: '/data', bytes: 0 }, cause);
  expect(error).toBeInstanceOf(CodedError);
  expect(error).toMatchObject({ code: 'SPOOL_FULL', name: 'SPOOL_FULL', phase: 'storage', retryable: true, cause });
  expect(error.message).toBe('The spool /data is full: 0 bytes.');
});

test('a field that was not given is named, and no cause is none', () => {
  const error = errors.SPOOL_FULL({ path: '/data' });
  expect(error.message).toContain('<bytes unknown>');
  expect(Object.hasOwn(error, 'cause')).toBe(false);
});

test('anything thrown has a code', () => {
  const thrown = [
    errors.SPOOL_FULL(),
    Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
    new TypeError('x'),
    'text',
    null,
  ];
  expect(thrown.map(errorCode)).toEqual(['SPOOL_FULL', 'ECONNREFUSED', 'UNEXPECTED', 'UNEXPECTED', 'UNEXPECTED']);
});
