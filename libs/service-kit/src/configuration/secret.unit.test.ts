import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.js';

const secret = new Secret('hunter2');

test('it is read by revealing it', () => {
  expect(secret.reveal()).toBe('hunter2');
});

test.each([
  ['JSON', JSON.stringify({ a: { b: [secret] } }), '{"a":{"b":["***"]}}'],
  ['a template', `${secret}`, '***'],
  ['a sum of texts', '' + secret, '***'],
  ['String', String(secret), '***'],
  ['inspect', inspect({ secret }, { showHidden: true, depth: 9 }), '{ secret: *** }'],
  ['format with %s, %o and %j', format('%s %o %j', secret, secret, secret), '*** *** "***"'],
  ['a joined list', [secret].join(), '***'],
  ['its keys and values', JSON.stringify([Object.keys(secret), Object.values({ ...secret })]), '[[],[]]'],
  ['an error’s message', new Error(`no ${secret}`).message, 'no ***'],
  ['a number', String(Number(secret)), 'NaN'],
  ['a structured clone', inspect(structuredClone(secret)), '{}'],
])('%s does not show it', (_what, printed, expected) => {
  expect(printed).toBe(expected);
});
