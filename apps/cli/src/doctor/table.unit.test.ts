import { expect, test } from 'vitest';
import { table } from './table.js';

const header = ['family', 'status', 'what is missing', 'the fix'];

test('where there is room nothing is broken', () => {
  expect(
    table(
      header,
      [
        ['memory', 'ok', '', ''],
        ['slowlog', 'permission', 'User app may not.', 'Run ACL.'],
      ],
      120,
    ),
  ).toBe(
    `family   status      what is missing    the fix
memory   ok
slowlog  permission  User app may not.  Run ACL.`,
  );
});

test('the last two columns share what is left, and break between words', () => {
  const row = [
    'statements',
    'permission',
    'Role app may not read the texts of others.',
    'Run GRANT pg_monitor TO app.',
  ];
  expect(table(header, [row], 70)).toBe(
    `family      status      what is missing         the fix
statements  permission  Role app may not read   Run GRANT pg_monitor
                        the texts of others.    TO app.`,
  );
});

test('a word that does not fit stands out', () => {
  expect(table(header, [['a', 'b', 'x'.repeat(30), 'y']], 10)).toContain('x'.repeat(30));
});
