import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { metricProblems } from '@omninode/contracts';
import type { Events, Metrics } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { databaseEvents, databaseMetrics } from './database.metrics.js';
import { databaseFamilies } from './families.js';
import type { ServerQuery } from './server/database-query.js';
import { replay } from './testing/replay.js';
import type { Recording, ReplayedPass } from './testing/replay.js';

const testdata = join(import.meta.dirname, '..', 'testdata');
const files = globSync('*/*.json', { cwd: testdata }).filter((file) => !file.endsWith('.expected.json'));
const read = <T>(file: string) => JSON.parse(readFileSync(join(testdata, file), 'utf8')) as T;
const familyOf = ({ family: name }: Recording) => databaseFamilies.find((family) => family.name === name)!;

test.each(files)('%s gives the expected measurements', (file) => {
  const recording = read<Recording>(file);
  const replayed = JSON.parse(JSON.stringify(replay(familyOf(recording), recording))) as ReplayedPass[];
  expect(replayed).toEqual(read<ReplayedPass[]>(file.replace(/\.json$/, '.expected.json')));
  expect(replayed.flatMap(({ failures }) => failures)).toEqual([]);
});

const sqlOf = (family: (typeof databaseFamilies)[number]): ServerQuery | undefined =>
  typeof family.query === 'function' ? family.query : consoleQuery(family)?.server;
const consoleQuery = ({ query }: (typeof databaseFamilies)[number]) =>
  typeof query === 'object' && 'console' in query ? query : undefined;

test('every family was recorded from every supported version', () => {
  const all = [...new Set(files.map((file) => file.split('/')[0]!))];
  const folders = all.filter((folder) => folder.startsWith('postgres-'));
  expect([...new Set(folders.map((folder) => folder.match(/\d+/)?.[0]))].toSorted()).toEqual([
    '14',
    '15',
    '16',
    '17',
    '18',
  ]);
  for (const folder of folders) {
    for (const family of databaseFamilies.filter(sqlOf)) expect(files).toContain(`${folder}/${family.name}.json`);
  }
});

test('every family of a console was recorded from the oldest and the newest PgBouncer that could be had', () => {
  for (const folder of ['pgbouncer-1.18.0', 'pgbouncer-1.24.1']) {
    for (const family of databaseFamilies.filter(consoleQuery))
      expect(files).toContain(`${folder}/${family.name}.json`);
  }
});

describe('the catalogue', () => {
  const replayed = files.flatMap((file) => replay(familyOf(read(file)), read<Recording>(file)));
  const produced = new Set(
    replayed.flatMap(({ values }) => Object.keys(values).map((series) => series.split('{')[0]!)),
  );
  const declared = databaseFamilies.flatMap(({ metrics }) => Object.keys(metrics as Metrics));

  test('has every metric that a recording gives, and every one that it has is given by some recording', () => {
    expect([...produced].toSorted()).toEqual(Object.keys(databaseMetrics).toSorted());
  });

  test('is the sum of the families in the list', () => {
    expect(Object.keys(databaseMetrics).toSorted()).toEqual(declared.toSorted());
    const events = databaseFamilies.flatMap((family) => Object.keys((family.events ?? {}) as Events));
    expect(Object.keys(databaseEvents).toSorted()).toEqual(events.toSorted());
  });

  test.each(Object.entries(databaseMetrics))('%s is named and described well', (name, metric) => {
    expect(metricProblems(name, metric)).toEqual([]);
  });
});

test('every file of families/ is in the list', () => {
  const here = globSync('families/*.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'));
  expect(databaseFamilies.map(({ name }) => name).toSorted()).toEqual(
    here.map((file) => basename(file, '.ts')).toSorted(),
  );
});

test.each(databaseFamilies.flatMap((family) => (sqlOf(family) ? [[family.name, sqlOf(family)!] as const] : [])))(
  '%s begins with select, so that it can be marked',
  (_, query) => {
    const statements = { minor: 12, schema: 'public', isReachable: true };
    const facts = {
      version: 180_000,
      database: 'a',
      role: 'a',
      seesAll: true,
      isPooled: false,
      areStatementsLoaded: true,
      statements,
      target: {},
    };
    expect(query(facts).trim()).toMatch(/^select\b/);
  },
);
