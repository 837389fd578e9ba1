import { expect, test } from 'vitest';
import { z } from 'zod';
import { mistakes } from '../testing/mistakes.js';
import { secret } from './secret.js';

test('what must be set and is not says how to set it', () => {
  const required = {
    store: z.object({ url: secret().describe('Where it is.'), size: z.number().describe('How large.') }),
  };
  expect(mistakes({}, required)).toEqual([
    'store.url: nothing sets it; set OMNINODE_STORE_URL or OMNINODE_STORE_URL_FILE, or write it in the configuration file. It must be text that is not empty, in quotes where YAML would read it as a number.',
    'store.size: nothing sets it; set OMNINODE_STORE_SIZE, or write it in the configuration file. It must be a number.',
  ]);
});

test('a wrong name in a section of this process is a mistake, though other processes have that section, too', () => {
  expect(mistakes({ env: { OMNINODE_BUS_BROKRES: 'a:1' } })).toEqual([
    'environment OMNINODE_BUS_BROKRES: no setting has this variable. Did you mean OMNINODE_BUS_BROKERS?',
  ]);
  expect(mistakes({ env: { OMNINODE_TUNER_MODE: 'x' } })).toEqual([]);
});

test('a target of the environment and one of the file can’t have the same id', () => {
  const yaml = 'targets: [{ id: cache-default, kind: cache, url: "redis://a" }]';
  expect(mistakes({ yaml, env: { OMNINODE_REDIS_URL: 'redis://b' } })).toEqual([
    'environment OMNINODE_REDIS_URL: targets[1].id "cache-default" is the id of two targets; give each its own.',
  ]);
});

test('all mistakes are told at once', () => {
  const env = { OMNINODE_HTTP_PORT: 'x', OMNINODE_LOG_LEVL: 'info', OMNINODE_REDIS_URL: 'redis//h' };
  expect(
    mistakes({ env, argv: ['--data.dri=x'], yaml: 'cache: { entries: 10, enabled: 1, colour: red }' }),
  ).toHaveLength(7);
});

test('aliases that unfold to a flood are refused', () => {
  const yaml = `a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [${'*a, '.repeat(10)}]\nc: &c [${'*b, '.repeat(10)}]\nd: [${'*c, '.repeat(10)}]`;
  expect(mistakes({ yaml })[0]).toBe('FILE: its aliases unfold to too much (ReferenceError); write the values out.');
});

test('no wrong input shows a secret', () => {
  const told = [
    mistakes({ env: { OMNINODE_DATABASE_URL: 'postgres//app:hunter2@h/d' } }),
    mistakes({ env: { OMNINODE_REDIS_URL: 'hunter2' } }),
    mistakes({ yaml: 'targets: [{ id: a, kind: database, url: { password: hunter2 } }]' }),
    mistakes({ yaml: 'targets: [{ id: a, kind: database, url: [hunter2] }]' }),
    mistakes({ yaml: 'targets: { url: "postgres://app:hunter2@h/d" }' }),
    mistakes({ yaml: 'cache: { password: [hunter2] }' }),
    mistakes({ yaml: 'cache:\n  password: "hunter2\n' }),
    mistakes({ argv: ['--cache.password', 'hunter2'] }),
    mistakes({ argv: ['postgres://app:hunter2@h/d'] }),
    mistakes({ argv: ['--postgres://app:hunter2@h/d'] }),
    mistakes({ argv: ['--database.url=postgres://app:hunter2@h/d'] }),
    mistakes({ env: { OMNINODE_DATABASE_ULR: 'postgres://app:hunter2@h/d' } }),
  ];
  expect(told.every((lines) => lines.length > 0)).toBe(true);
  expect(told.flat().join('\n')).not.toContain('hunter2');
});
