import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodedError } from '@omninode/contracts';
import { Secret } from '@omninode/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Gate } from './gate.js';

const [first, second] = ['a'.repeat(32), 'Zz09-._~+/'.repeat(3)];
let tokensFolder = '';
let nowMs = 0;
beforeEach(() => void (tokensFolder = mkdtempSync(join(tmpdir(), 'omninode-tokens-'))));
afterEach(() => rmSync(tokensFolder, { recursive: true, force: true }));

describe('one token', () => {
  const admit = (shown: string | undefined) => gate({ token: new Secret(first) }).admit(shown);

  test.each([`Bearer ${first}`, `bearer ${first}`, `BEARER   ${first} `])('is shown as %s', (shown) => {
    expect(admit(shown)).toBe('default');
  });

  test.each([
    [undefined, 'TOKEN_MISSING'],
    ['', 'TOKEN_MISSING'],
    ['Bearer', 'TOKEN_MISSING'],
    [first, 'TOKEN_MISSING'],
    [`Basic ${first}`, 'TOKEN_MISSING'],
    [`Bearer ${first} ${first}`, 'TOKEN_MISSING'],
    [`Bearer ${first}a`, 'TOKEN_INVALID'],
    [`Bearer ${first.slice(1)}`, 'TOKEN_INVALID'],
    [`Bearer ${first.toUpperCase()}`, 'TOKEN_INVALID'],
  ])('is not shown as %s', (shown, code) => {
    expect(() => admit(shown)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

test('without any, everybody may', () => expect(gate({}).admit(undefined)).toBeUndefined());

describe('a folder of tokens', () => {
  test('gives each its name; what is hidden or no file is none', () => {
    put('shop', `${first}\n`);
    put('billing', second);
    put('.hidden', 'c'.repeat(32));
    mkdirSync(join(tokensFolder, 'folder'));
    const open = gate({ tokensFolder, token: new Secret('d'.repeat(32)) });
    expect(open.admit(`Bearer ${first}`)).toBe('shop');
    expect(open.admit(`Bearer ${second}`)).toBe('billing');
    expect(open.admit(`Bearer ${'d'.repeat(32)}`)).toBe('default');
    expect(() => open.admit(`Bearer ${'c'.repeat(32)}`)).toThrow('not valid');
  });

  test('links are followed, as Kubernetes mounts secrets', () => {
    mkdirSync(join(tokensFolder, '..data'));
    writeFileSync(join(tokensFolder, '..data', 'shop'), first);
    symlinkSync(join('..data', 'shop'), join(tokensFolder, 'shop'));
    expect(gate({ tokensFolder }).admit(`Bearer ${first}`)).toBe('shop');
  });

  test('is read anew: a token that is taken away opens nothing after five seconds, a new one opens', () => {
    put('shop', first);
    const open = gate({ tokensFolder });
    expect(open.admit(`Bearer ${first}`)).toBe('shop');
    rmSync(join(tokensFolder, 'shop'));
    put('billing', second);
    nowMs += 4_999;
    expect(open.admit(`Bearer ${first}`)).toBe('shop');
    nowMs += 1;
    expect(() => open.admit(`Bearer ${first}`)).toThrow('not valid');
    expect(open.admit(`Bearer ${second}`)).toBe('billing');
  });

  test('that can not be read any more opens nothing, and says why without the token', () => {
    put('shop', first);
    const said: (readonly CodedError[])[] = [];
    const open = gate({ tokensFolder }, (problems) => said.push(problems));
    open.admit(`Bearer ${first}`);
    put('billing', `${second} and more`);
    nowMs += 5_000;
    expect(open.admit(`Bearer ${first}`)).toBe('shop');
    rmSync(tokensFolder, { recursive: true });
    nowMs += 5_000;
    expect(() => open.admit(`Bearer ${first}`)).toThrow('not valid');
    expect(said.map((problems) => problems.map(({ code }) => code))).toEqual([
      [],
      ['TOKEN_UNFIT'],
      ['TOKENS_UNREADABLE'],
    ]);
    expect(JSON.stringify(said) + said.flat().map(String).join('')).not.toContain(second);
  });
});

function gate(
  config: { token?: Secret; tokensFolder?: string },
  onRead: (problems: readonly CodedError[]) => void = () => undefined,
): Gate {
  return new Gate({ config, nowMs: () => nowMs, onRead });
}

function put(name: string, text: string): void {
  writeFileSync(join(tokensFolder, name), text);
}
