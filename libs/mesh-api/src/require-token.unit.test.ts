import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration, Secret } from '@omninode/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apiConfig } from './api.config.js';
import { requireToken } from './require-token.js';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'omninode-require-token-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(['127.0.0.1', '127.8.9.10', '::1', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1'])(
  '%s needs no token',
  (host) => {
    expect(() => requireToken({}, host)).not.toThrow();
  },
);

test.each([
  '0.0.0.0',
  '::',
  '10.0.0.7',
  '::ffff:10.0.0.7',
  'fe80::1',
  'mesh.example',
  'localhost.example',
  '128.0.0.1',
])('%s needs one', (host) => {
  const expected = { code: 'TOKEN_REQUIRED', phase: 'configuration' };
  expect(() => requireToken({}, host)).toThrow(expect.objectContaining(expected) as Error);
  expect(() => requireToken({}, host)).toThrow('OMNINODE_API_TOKEN_FILE');
  expect(() => requireToken({ token: new Secret('a'.repeat(32)) }, host)).not.toThrow();
  writeFileSync(join(folder, 'shop'), 'b'.repeat(32));
  expect(() => requireToken({ tokensFolder: folder }, host)).not.toThrow();
});

test('a folder of tokens must hold some that can be used, wherever one listens', () => {
  const refuse = (code: string) => expect.objectContaining({ code, phase: 'configuration' }) as Error;
  expect(() => requireToken({ tokensFolder: folder }, '127.0.0.1')).toThrow(refuse('TOKENS_MISSING'));
  expect(() => requireToken({ tokensFolder: join(folder, 'x') }, '127.0.0.1')).toThrow(refuse('TOKENS_UNREADABLE'));
  writeFileSync(join(folder, 'shop'), 'short');
  expect(() => requireToken({ tokensFolder: folder }, '127.0.0.1')).toThrow(refuse('TOKEN_UNFIT'));
});

test('the token comes from a file, and one that can not be used is told without it', () => {
  const load = (text: string) => {
    const file = join(folder, 'token');
    writeFileSync(file, text);
    return loadConfiguration({ sections: { api: apiConfig }, env: { OMNINODE_API_TOKEN_FILE: file } }).values.api;
  };
  expect(load(`${'c'.repeat(64)}\n`).token?.reveal()).toBe('c'.repeat(64));
  const unfit = 'hunter2 and a blank';
  expect(() => load(unfit)).toThrow('api.token must be 16 to 512 characters');
  expect(() => load(unfit)).not.toThrow('hunter2');
});
